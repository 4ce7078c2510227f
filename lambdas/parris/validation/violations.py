"""What is wrong with a training config: every fault at once, each with its place and its mend."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parris.errors import ConfigInvalidError
from parris.payloads import Json

_LONGEST_VALUE_SHOWN = 120
_MOST_TOLD = 50
"""An error's cause has room for 32,768 characters.
Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a path such as `/termination-options/time-limit`, what was found and expected."""

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


def refuse(faults: Sequence[Fault]) -> None:
    """Do nothing where there is no fault.

    Raises:
        ConfigInvalidError: with all of the faults, numbered.
    """
    if not faults:
        return
    counted = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    lines = [f"{number}. {fault}" for number, fault in enumerate(faults[:_MOST_TOLD], start=1)]
    if len(faults) > _MOST_TOLD:
        lines.append(f"... and {len(faults) - _MOST_TOLD} more")
    raise ConfigInvalidError("\n".join([f"{counted} in the training config:", *lines]))
