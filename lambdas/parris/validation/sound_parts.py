"""The parts of a config that the checks behind its schema can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.validation.violations import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parris.payloads import Json, Payload
    from parris.validation.violations import Violation


def sound_parts(config: Payload, violations: Iterable[Violation]) -> Payload:
    """Return the config without the values that violations are about.

    A list with an invalid entry is left out as a whole: the others would have other places.
    """
    return _sound(config, [], frozenset(violation.path for violation in violations))


def _sound(value: Payload, path: Sequence[str], wrong: frozenset[str]) -> Payload:
    found: Payload = {}
    for key, inner in value.items():
        own = [*path, key]
        if not _is_wrong(inner, path_of(own), wrong):
            found[key] = _sound(inner, own, wrong) if isinstance(inner, dict) else inner
    return found


def _is_wrong(value: Json, path: str, wrong: frozenset[str]) -> bool:
    if isinstance(value, list) and any(one.startswith(f"{path}/") for one in wrong):
        return True
    return path in wrong
