"""Lengths, ranges, patterns, enums, required members: what the model demands of a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.request_checks.faults import Fault, invalid, missing
from embedded_aws.request_checks.patterns import compile_pattern

_NUMBERS = ("integer", "long", "float", "double")
# AWS adds to these faster than botocore follows, and EC2 has an error of its own for them.
_OPEN_ENUMS = {"InstanceType"}


def find_faults(shape: Any, value: Any, path: str = "") -> Iterator[Fault]:
    """Yield what the model refuses in a value.

    Args:
        shape: botocore's shape of the value.
        value: the value as botocore's clients take it.
        path: where it stands in the request.
    """
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            yield from _structure_faults(shape, value, path)
        case "list":
            yield from _bound_faults(shape, value, len(value), "length", path)
            for number, item in enumerate(value):
                yield from find_faults(shape.member, item, f"{path}[{number}]")
        case "map":
            yield from _bound_faults(shape, value, len(value), "length", path)
            for key, item in value.items():
                yield from find_faults(shape.key, key, f"{path} (key)")
                yield from find_faults(shape.value, item, f"{path}.{key}")
        case "string":
            yield from _text_faults(shape, value, path)
        case "blob":
            yield from _bound_faults(shape, "...", len(value), "length", path)
        case kind if kind in _NUMBERS:
            yield from _bound_faults(shape, value, value, "value", path)


def _structure_faults(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[Fault]:
    inside = f"{path}." if path else ""
    for name in shape.required_members:
        if name not in value:
            yield missing(inside + name)
    if shape.is_tagged_union and len(value) != 1:
        yield invalid(path, sorted(value), "Exactly one member must be set")
    for name, member in value.items():
        if name in shape.members:
            yield from find_faults(shape.members[name], member, inside + name)


def _text_faults(shape: Any, value: str, path: str) -> Iterator[Fault]:
    yield from _bound_faults(shape, value, len(value), "length", path)
    pattern = shape.metadata.get("pattern")
    compiled = compile_pattern(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(value):
        yield invalid(path, value, f"Member must satisfy regular expression pattern: {pattern}")
    if shape.enum and value not in shape.enum and shape.name not in _OPEN_ENUMS:
        words = ", ".join(shape.enum)
        yield invalid(path, value, f"Member must satisfy enum value set: [{words}]")


def _bound_faults(shape: Any, value: Any, found: float, what: str, path: str) -> Iterator[Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and found < least:
        yield invalid(path, value, f"Member must have {what} greater than or equal to {least}")
    if most is not None and found > most:
        yield invalid(path, value, f"Member must have {what} less than or equal to {most}")
