"""Violations of a training config, reported together, each with its path and what was expected."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parris.errors import ConfigInvalidError
from parris.payloads import Json

_LONGEST_VALUE_SHOWN = 120
_MOST_LISTED = 50
"""An error's cause has room for 32,768 characters.
Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html"""


@dataclass(frozen=True, slots=True)
class Violation:
    """A path such as `/termination-options/time-limit`, what was found and what was expected."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}, expected {self.expected}"


def path_of(keys: Iterable[str | int]) -> str:
    """Return the keys as one path, `/` for the config itself."""
    return "/" + "/".join(str(key) for key in keys)


def shown(value: Json) -> str:
    """Return a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE_SHOWN else text[: _LONGEST_VALUE_SHOWN - 3] + "..."


def refuse(violations: Sequence[Violation]) -> None:
    """Do nothing where there is no violation.

    Raises:
        ConfigInvalidError: with all of the violations, numbered.
    """
    if not violations:
        return
    counted = "1 violation" if len(violations) == 1 else f"{len(violations)} violations"
    lines = [
        f"{number}. {violation}"
        for number, violation in enumerate(violations[:_MOST_LISTED], start=1)
    ]
    if len(violations) > _MOST_LISTED:
        lines.append(f"... and {len(violations) - _MOST_LISTED} more")
    raise ConfigInvalidError("\n".join([f"{counted} in the training config:", *lines]))
