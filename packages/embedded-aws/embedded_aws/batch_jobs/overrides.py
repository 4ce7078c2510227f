"""A job's container: its job definition with the overrides of SubmitJob."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

_REFERENCE = re.compile(r"Ref::([A-Za-z0-9_.-]+)")
_REPLACED = ("command", "instanceType")


def effective_container(
    properties: Mapping[str, Any], overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """Return container properties with overrides; names of variables and resources are unique."""
    found = copy.deepcopy(dict(properties))
    found |= {name: overrides[name] for name in _REPLACED if name in overrides}
    found["environment"] = _merge(properties, overrides, "environment", "name")
    requirements = _merge(properties, overrides, "resourceRequirements", "type")
    found["resourceRequirements"] = [
        *requirements,
        # The older form of the same.
        *(
            {"type": kind, "value": str(overrides[name])}
            for name, kind in (("vcpus", "VCPU"), ("memory", "MEMORY"))
            if name in overrides and not any(one["type"] == kind for one in requirements)
        ),
    ]
    return found


def substitute(command: Sequence[str], parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command with the values of parameters; `Ref::NAME` of an unknown one stays."""

    def value(found: re.Match[str]) -> str:
        return str(parameters.get(found[1], found[0]))

    return tuple(_REFERENCE.sub(value, word) for word in command)


def _merge(
    properties: Mapping[str, Any], overrides: Mapping[str, Any], name: str, key: str
) -> list[dict[str, Any]]:
    merged = {
        one[key]: dict(one)
        for source in (properties, overrides)
        for one in source.get(name) or []
        if one.get("value") not in ("", None)
    }
    return list(merged.values())
