"""Checks a raw JSON body for members that the model lacks, and values of another type."""

from collections.abc import Iterator
from typing import Any

from embedded_aws.request_checks.violations import Violation, invalid, unknown

_TYPES: dict[str, Any] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}


def find_raw_violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Yield unknown members and wrong types; null counts as absent."""
    if value is None or (shape.type_name == "structure" and shape.is_document_type):
        return
    types = _TYPES.get(shape.type_name, object)
    is_misplaced_truth = isinstance(value, bool) and shape.type_name != "boolean"
    if not isinstance(value, types) or is_misplaced_truth:
        yield invalid(path, value, f"Member must be of type {shape.type_name}")
    elif shape.type_name == "structure":
        yield from _structure_violations(shape, value, f"{path}." if path else "")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from find_raw_violations(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            yield from find_raw_violations(shape.member, item, f"{path}[{number}]")


def _structure_violations(shape: Any, value: dict[str, Any], inside: str) -> Iterator[Violation]:
    members = {
        member.serialization.get("name", name): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    for name, item in value.items():
        if name in members:
            yield from find_raw_violations(members[name], item, inside + name)
        else:
            yield unknown(inside + name, item)
