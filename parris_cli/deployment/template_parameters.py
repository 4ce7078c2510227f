"""Checks values for the parameters of template.yaml as CloudFormation would."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

from parris.validation.violations import Violation, shown
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from parris.payloads import Payload

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# Parameters whose pattern requires braces around JSON, and cannot require more.
_JSON_OBJECTS = ("ScheduleInput", "IotInput")


def template_parameters(template: Path = PROJECT / "template.yaml") -> dict[str, Payload]:
    """Return the definition of each parameter of a template, by default that of a deployment."""
    from embedded_aws.packaging.read_template import read_template

    return cast("dict[str, Payload]", read_template(template)["Parameters"])


def find_value_violations(
    values: Mapping[str, str], definitions: Mapping[str, Payload], prefix: str = ""
) -> Iterator[Violation]:
    """Yield a violation for each value that its definition does not allow.

    Args:
        values: by the parameter's name.
        definitions: of the template's parameters.
        prefix: stands before a parameter's name on the command line.
    """
    for name, value in values.items():
        expected = _expected(name, value, definitions[name])
        if expected:
            yield Violation(f"--set {prefix}{name}", shown(value), expected)


def _expected(name: str, value: str, definition: Payload) -> str:
    """Return what was expected instead of a value, empty if it is allowed."""
    allowed = definition.get("AllowedValues")
    if isinstance(allowed, list) and value not in [str(one) for one in allowed]:
        return "one of " + ", ".join(str(one) for one in allowed)
    if definition.get("Type") == "Number":
        return _expected_number(value, definition)
    pattern, description = definition.get("AllowedPattern"), definition.get("ConstraintDescription")
    if isinstance(pattern, str) and re.fullmatch(pattern, value) is None:
        return str(description) if description else f"text of the form {pattern}"
    size = len(value)
    least, most = definition.get("MinLength", 0), definition.get("MaxLength", 4096)
    if not int(str(least)) <= size <= int(str(most)):
        return f"{least} to {most} characters"
    if name in _JSON_OBJECTS and not _is_object(value):
        return "a JSON object"
    return ""


def _expected_number(value: str, definition: Payload) -> str:
    least, most = definition.get("MinValue"), definition.get("MaxValue")
    bounds = ", ".join(
        text
        for bound, text in ((least, f"at least {least}"), (most, f"at most {most}"))
        if bound is not None
    )
    expected = f"a number, {bounds}" if bounds else "a number"
    if _NUMBER.fullmatch(value) is None:
        return expected
    number = float(value)
    is_low = least is not None and number < float(str(least))
    is_high = most is not None and number > float(str(most))
    return expected if is_low or is_high else ""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
