"""One fault of a request, in the words in which AWS tells it."""

from dataclasses import dataclass
from enum import StrEnum

_LONGEST_VALUE_SHOWN = 200


class FaultKind(StrEnum):
    """What is wrong; EC2 has a code of its own for each."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something at `path` (`Tags[0].Key`) that the model refuses, and what it wants instead."""

    kind: FaultKind
    path: str
    value: object
    constraint: str

    def __str__(self) -> str:
        shown = str(self.value)[:_LONGEST_VALUE_SHOWN]
        return f"Value '{shown}' at '{self.path}' failed to satisfy constraint: {self.constraint}"


def missing(path: str) -> Fault:
    """Return the fault of a required member that is not there."""
    return Fault(FaultKind.MISSING, path, "null", "Member must not be null")


def unknown(path: str, value: object) -> Fault:
    """Return the fault of a member that the model does not have."""
    return Fault(FaultKind.UNKNOWN, path, value, "Member is not in the model of the operation")


def invalid(path: str, value: object, constraint: str) -> Fault:
    """Return the fault of a value that the model does not allow."""
    return Fault(FaultKind.INVALID, path, value, constraint)
