"""How many jobs of a config an account has room for at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Payload, int_in, part_of, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Room:
    """How many jobs fit if nothing else runs, and what bounds them, in words."""

    jobs: int
    why: str

    def to_payload(self) -> Payload:
        """Return the room as JSON."""
        return {"jobs": self.jobs, "why": self.why}


def room_in(payload: Payload) -> Room | None:
    """Return the room that a payload has under `room`; None if nothing is known to bound jobs."""
    found = part_of(payload, "room")
    return Room(int_in(found, "jobs"), text_in(found, "why")) if found else None


def together(rooms: Iterable[Room]) -> Room | None:
    """Return the room of all of them: a job that one has no room for runs in another."""
    found = list(rooms)
    if not found:
        return None
    return Room(sum(one.jobs for one in found), "; ".join(one.why for one in found))
