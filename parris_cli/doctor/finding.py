"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload


class Health(StrEnum):
    """How something is. A note stops no job."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `remedy` says what to do, empty where nothing is to be done."""

    name: str
    health: Health
    text: str
    remedy: str = ""

    def to_json(self) -> Payload:
        """Return it for programs."""
        return {
            "check": self.name,
            "health": self.health.value,
            "text": self.text,
            "remedy": self.remedy or None,
        }


def good(name: str, text: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(name, Health.GOOD, text)


def note(name: str, text: str, remedy: str) -> Finding:
    """Return a finding that stops no job."""
    return Finding(name, Health.NOTE, text, remedy)


def bad(name: str, text: str, remedy: str) -> Finding:
    """Return a finding because of which jobs fail, or something may be billed."""
    return Finding(name, Health.BAD, text, remedy)
