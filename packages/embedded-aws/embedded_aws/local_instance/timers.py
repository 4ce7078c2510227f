"""Timers of a machine: at a time (@ Unix seconds) or some time after the start."""

import time
from dataclasses import dataclass
from pathlib import Path

from embedded_aws.local_instance.units import Unit, UnitError, parse_seconds


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """A waiting timer: at `due_at` (Unix seconds) it starts `service`."""

    name: str
    service: str
    due_at: float | None
    stamp: Path | None

    def mark_fired(self) -> None:
        """Record, across reboots, that it has fired."""
        if self.stamp is not None:
            self.stamp.touch()


def arm(unit: Unit, stamps: Path) -> ArmedTimer:
    """Return the timer of a unit.

    A persistent timer that was due while the machine was off fires at once; without Persistent it
    does not fire.

    Args:
        unit: a timer's file.
        stamps: the folder in which persistent timers record when they last fired.

    Raises:
        UnitError: for what is not modelled here, such as repeating calendars.
    """
    service = unit.last("Unit", unit.name.removesuffix(".timer") + ".service")
    relative = unit.last("OnActiveSec") or unit.last("OnBootSec")
    if relative:
        return ArmedTimer(unit.name, service, time.time() + parse_seconds(relative), None)
    calendar = unit.last("OnCalendar")
    if not calendar.startswith("@") or not calendar[1:].isdigit():
        raise UnitError(f"{unit.name}: OnCalendar={calendar!r} is not modelled, only @seconds is")
    timestamp = float(calendar[1:])
    stamp: Path | None = None
    last_fired_at = time.time()
    if unit.is_true("Persistent"):
        stamp = stamps / f"stamp-{unit.name}"
        stamp.parent.mkdir(parents=True, exist_ok=True)
        if not stamp.exists():
            stamp.touch()
        last_fired_at = stamp.stat().st_mtime
    return ArmedTimer(unit.name, service, timestamp if timestamp > last_fired_at else None, stamp)
