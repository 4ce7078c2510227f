"""Checks a value against the model: lengths, ranges, patterns, enums, required members."""

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.request_checks.patterns import compile_pattern
from embedded_aws.request_checks.violations import Violation, invalid, missing

_NUMBERS = ("integer", "long", "float", "double")
# AWS adds values faster than botocore, and EC2 has its own errors for them.
_OPEN_ENUMS = {"InstanceType"}


def find_violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Yield the violations in a value.

    Args:
        shape: botocore's shape of the value.
        value: the value in the form of botocore's clients.
        path: its place in the request.
    """
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            yield from _structure_violations(shape, value, path)
        case "list":
            yield from _bound_violations(shape, value, len(value), "length", path)
            for number, item in enumerate(value):
                yield from find_violations(shape.member, item, f"{path}[{number}]")
        case "map":
            yield from _bound_violations(shape, value, len(value), "length", path)
            for key, item in value.items():
                yield from find_violations(shape.key, key, f"{path} (key)")
                yield from find_violations(shape.value, item, f"{path}.{key}")
        case "string":
            yield from _text_violations(shape, value, path)
        case "blob":
            yield from _bound_violations(shape, "...", len(value), "length", path)
        case kind if kind in _NUMBERS:
            yield from _bound_violations(shape, value, value, "value", path)


def _structure_violations(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[Violation]:
    inside = f"{path}." if path else ""
    for name in shape.required_members:
        if name not in value:
            yield missing(inside + name)
    if shape.is_tagged_union and len(value) != 1:
        yield invalid(path, sorted(value), "Exactly one member must be set")
    for name, member in value.items():
        if name in shape.members:
            yield from find_violations(shape.members[name], member, inside + name)


def _text_violations(shape: Any, value: str, path: str) -> Iterator[Violation]:
    yield from _bound_violations(shape, value, len(value), "length", path)
    pattern = shape.metadata.get("pattern")
    compiled = compile_pattern(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(value):
        yield invalid(path, value, f"Member must satisfy regular expression pattern: {pattern}")
    if shape.enum and value not in shape.enum and shape.name not in _OPEN_ENUMS:
        words = ", ".join(shape.enum)
        yield invalid(path, value, f"Member must satisfy enum value set: [{words}]")


def _bound_violations(
    shape: Any, value: Any, found: float, what: str, path: str
) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and found < least:
        yield invalid(path, value, f"Member must have {what} greater than or equal to {least}")
    if most is not None and found > most:
        yield invalid(path, value, f"Member must have {what} less than or equal to {most}")
