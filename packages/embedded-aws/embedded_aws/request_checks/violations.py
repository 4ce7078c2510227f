"""One violation in a request, with AWS's message."""

from dataclasses import dataclass
from enum import StrEnum

_LONGEST_VALUE_SHOWN = 200


class ViolationKind(StrEnum):
    """What is wrong; EC2 has a code of its own for each."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Violation:
    """A value at `path` (`Tags[0].Key`) that the model refuses, and what it expects instead."""

    kind: ViolationKind
    path: str
    value: object
    constraint: str

    def __str__(self) -> str:
        shown = str(self.value)[:_LONGEST_VALUE_SHOWN]
        return f"Value '{shown}' at '{self.path}' failed to satisfy constraint: {self.constraint}"


def missing(path: str) -> Violation:
    """Return the violation of a missing required member."""
    return Violation(ViolationKind.MISSING, path, "null", "Member must not be null")


def unknown(path: str, value: object) -> Violation:
    """Return the violation of a member that the model does not have."""
    return Violation(
        ViolationKind.UNKNOWN, path, value, "Member is not in the model of the operation"
    )


def invalid(path: str, value: object, constraint: str) -> Violation:
    """Return the violation of a value that the model does not allow."""
    return Violation(ViolationKind.INVALID, path, value, constraint)
