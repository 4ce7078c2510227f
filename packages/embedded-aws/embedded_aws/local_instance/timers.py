"""Timers of a machine: at a moment (@ Unix seconds) or some time after the start."""

import time
from dataclasses import dataclass
from pathlib import Path

from embedded_aws.local_instance.units import Unit, UnitError, parse_seconds


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """A timer that waits: at `due_at` (Unix seconds) it starts `service`."""

    name: str
    service: str
    due_at: float | None
    stamp: Path | None

    def mark_fired(self) -> None:
        """Remember across a restart that it fired."""
        if self.stamp is not None:
            self.stamp.touch()


def arm(unit: Unit, stamps: Path) -> ArmedTimer:
    """Return the timer that a unit describes.

    A persistent timer whose moment passed while the machine was off is due at once; without
    Persistent such a moment is lost.

    Args:
        unit: a timer's file.
        stamps: the folder in which persistent timers remember when they last fired.

    Raises:
        UnitError: for what is not modelled here, such as calendars that repeat.
    """
    service = unit.last("Unit", unit.name.removesuffix(".timer") + ".service")
    relative = unit.last("OnActiveSec") or unit.last("OnBootSec")
    if relative:
        return ArmedTimer(unit.name, service, time.time() + parse_seconds(relative), None)
    calendar = unit.last("OnCalendar")
    if not calendar.startswith("@") or not calendar[1:].isdigit():
        raise UnitError(f"{unit.name}: OnCalendar={calendar!r} is not modelled, only @seconds is")
    moment = float(calendar[1:])
    stamp: Path | None = None
    last_fired_at = time.time()
    if unit.is_true("Persistent"):
        stamp = stamps / f"stamp-{unit.name}"
        stamp.parent.mkdir(parents=True, exist_ok=True)
        if not stamp.exists():
            stamp.touch()
        last_fired_at = stamp.stat().st_mtime
    return ArmedTimer(unit.name, service, moment if moment > last_fired_at else None, stamp)
