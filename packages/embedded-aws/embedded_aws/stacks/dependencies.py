"""Dependencies between a template's resources: by DependsOn, and by references."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SUBSTITUTION = re.compile(r"\$\{([^!}.]+)(?:\.[^}]+)?\}")


def dependencies_of(resource: Mapping[str, Any]) -> frozenset[str]:
    """Return the logical ids that a resource needs (and parameter names, which are harmless)."""
    named = resource.get("DependsOn", [])
    explicit = [named] if isinstance(named, str) else named
    return frozenset((*explicit, *_referred(resource.get("Properties", {}))))


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _referred(inner)
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if key == "Ref" and isinstance(inner, str):
            yield inner
        elif key == "Fn::GetAtt":
            yield inner.partition(".")[0] if isinstance(inner, str) else str(inner[0])
        elif key == "Fn::Sub":
            text, given = inner if isinstance(inner, list) else (inner, {})
            yield from (name for name in _SUBSTITUTION.findall(text) if name not in given)
            yield from _referred(given)
        else:
            yield from _referred(inner)
