"""Checks a training config against its JSON Schema and reports all violations together.

A key's `x-expected` describes the expected value where the schema contains only a regular
expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from jsonschema import Draft202012Validator

from parris.near_names import did_you_mean, nearest_name
from parris.payloads import Json
from parris.validation.schema_durations import with_durations_read
from parris.validation.schema_of_target import find_keys_of_others, schema_of_target
from parris.validation.violations import Violation, kind_of, path_of, shown, shown_at
from parris.wording import counted

_MOVED_LIMITS = {
    "time-limit": "in hours; an older form of this key was in minutes, so 90 minutes become 1.5",
    "cost-limit": "in USD for the whole job",
}
_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
}
_EXPECTED = "x-expected"
# The index of the alternative, then either the keyword, or $ref and the keyword.
_DEPTH_OF_ALTERNATIVE = 3

_Path = Sequence[str | int]


class _Violation(Protocol):
    """The attributes of jsonschema.ValidationError that are used; its own types are too loose."""

    validator: str
    validator_value: Any
    instance: Any
    schema: Mapping[str, Any]
    message: str
    context: list[_Violation]
    absolute_path: Iterable[str | int]
    schema_path: Iterable[str | int]


def find_shape_violations(
    config: Mapping[str, Json], schema: Mapping[str, Json]
) -> list[Violation]:
    """Return all violations of `schema` in `config`, ordered by path."""
    of_others = dict(find_keys_of_others(config, schema))
    own = {key: value for key, value in config.items() if key not in of_others}
    of_target = schema_of_target(config, schema)
    errors = Draft202012Validator(of_target).iter_errors(with_durations_read(own, of_target))
    shape = _Shape(config)
    violations = [
        violation
        for error in errors
        for violation in shape.violations_of(cast("_Violation", error))
    ]
    violations += of_others.values()
    return sorted(violations, key=lambda violation: violation.path)


class _Shape:
    """Describes the schema's errors, with the original values of the config."""

    def __init__(self, config: Mapping[str, Json]) -> None:
        self._config = config

    def violations_of(self, error: _Violation) -> Iterator[Violation]:
        """Yield the violations of one schema error."""
        path = list(error.absolute_path)
        if error.validator == "additionalProperties":
            yield from _unknown_keys(error, path)
        elif error.validator == "required":
            for key in error.validator_value:
                if key not in error.instance and f"{key!r} is a required" in error.message:
                    yield Violation(path_of([*path, key]), "nothing", _expectation(error, key))
        elif error.validator == "anyOf":
            yield from self._alternatives(error, path)
        elif error.validator == "propertyNames" or "propertyNames" in error.schema_path:
            yield Violation(path_of([*path, str(error.instance)]), "this name", _expected(error))
        else:
            expected = _expected(error) + _question(error)
            yield Violation(path_of(path), self._found_at(path), expected)

    def _alternatives(self, error: _Violation, path: list[str | int]) -> Iterator[Violation]:
        """Yield the violations of the alternative that matches the value's type."""
        wrong_types = {next(iter(sub.schema_path)) for sub in error.context if _is_of_type(sub)}
        meant = [sub for sub in error.context if next(iter(sub.schema_path)) not in wrong_types]
        if meant and isinstance(error.instance, list | dict):
            for sub in meant:
                yield from self.violations_of(sub)
            return
        choices = dict.fromkeys(_expected(sub) for sub in (meant or error.context))
        has_list = any(one.get("type") == "array" for one in error.validator_value)
        expected = ", or ".join(choices) + (", or a list of these" if meant and has_list else "")
        described = error.schema.get("description")
        why = f" ({described})" if described else ""
        question = next(filter(None, map(_question, error.context)), "")
        yield Violation(path_of(path), self._found_at(path), f"{expected}{why}{question}")

    def _found_at(self, path: _Path) -> str:
        """Return the original value at that path, which may be a duration."""
        value: Any = self._config
        for key in path:
            value = value[key]
        return shown_at(path, value)


def _is_of_type(error: _Violation) -> bool:
    return error.validator == "type" and len(list(error.schema_path)) <= _DEPTH_OF_ALTERNATIVE


def _unknown_keys(error: _Violation, path: list[str | int]) -> Iterator[Violation]:
    known = error.schema.get("properties", {})
    is_listed = False
    for key, value in error.instance.items():
        if key in known or key.startswith("_"):
            continue
        moved = {} if path else _MOVED_LIMITS
        # The value of an unknown key may be a secret.
        found = shown(value) if key in moved and isinstance(value, int | float) else kind_of(value)
        expected = _instead_of(key, known, moved)
        if expected is None:
            # All known keys are listed once, however many are unknown.
            listed = "; known keys are " + ", ".join(sorted(known))
            expected = "no such key" + ("" if is_listed else listed)
            is_listed = True
        yield Violation(path_of([*path, key]), found, expected)


def _instead_of(key: str, known: Mapping[str, Json], moved: Mapping[str, str]) -> str | None:
    """Return the key that may have been meant, None if none is like it."""
    spelled = key.replace("_", "-").lower()
    if spelled in known:
        return f"the key {spelled!r}"
    nearest = nearest_name(spelled, [*known, *moved])
    if nearest is None:
        return None
    if nearest in moved:
        return f"it under /termination-options/{nearest}, {moved[nearest]}"
    return f"no such key; did you mean {nearest!r}?"


def _expectation(error: _Violation, key: str) -> str:
    described = error.schema.get("properties", {}).get(key, {}).get("description", "a value")
    return f"a value ({described})"


def _expected(error: _Violation) -> str:
    wanted = error.validator_value
    match error.validator:
        case "type" | "pattern" if _EXPECTED in error.schema:
            return str(error.schema[_EXPECTED])
        case "type" if isinstance(wanted, str):
            return _TYPES.get(wanted, f"a value of type {wanted}")
        case "enum":
            return "one of " + ", ".join(shown(choice) for choice in wanted)
        case "const":
            return f"{shown(wanted)}. {error.schema.get('description', '')}".rstrip()
        case "minLength":
            return f"a string of at least {counted(wanted, 'character')}"
        case "maxLength":
            return f"a string of at most {counted(wanted, 'character')}"
        case "minItems":
            return f"a list with {wanted} or more entries"
        case "maxItems":
            return f"a list with at most {wanted} entries"
        case "maxProperties":
            return f"at most {wanted} keys"
        case "uniqueItems":
            return "a list without duplicates"
        case "exclusiveMinimum":
            return f"more than {wanted}{_unit(error)}"
        case "minimum":
            return f"at least {wanted}{_unit(error)}"
        case "maximum":
            return f"at most {wanted}{_unit(error)}"
        case _:
            # The message of jsonschema would contain the value, which may be a secret.
            return f"a value that satisfies {error.validator}: {shown(wanted)}"


def _question(error: _Violation) -> str:
    """Return a question whether one of the choices was meant, empty if none is like the value."""
    if error.validator != "enum" or not isinstance(error.instance, str):
        return ""
    return did_you_mean(
        error.instance, [one for one in error.validator_value if isinstance(one, str)]
    )


def _unit(error: _Violation) -> str:
    comment = str(error.schema.get("$comment", ""))
    return " " + comment.removeprefix("unit: ") if comment.startswith("unit: ") else ""
