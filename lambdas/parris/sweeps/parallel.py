"""How many trials of a sweep run at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.room import Room


@dataclass(frozen=True, slots=True)
class Parallel:
    """How many trials run at the same time, and why these are fewer than the config allows."""

    trials: int
    bounded_by: str | None = None


def parallel_of(max_parallel: int, trials: int, room: Room | None) -> Parallel:
    """Return how many trials run at the same time: no more than there are, or have room.

    A trial beyond the room would fail for lack of capacity, or wait in a queue until it does. The
    room is not less than one: others may use it now, and each trial is checked when it starts.

    Args:
        max_parallel: as the config has it.
        trials: how many the sweep has.
        room: for how many such jobs the account has room, None if that is not known.
    """
    wanted = min(max_parallel, trials)
    if room is None or room.jobs >= wanted:
        return Parallel(wanted)
    return Parallel(max(1, room.jobs), room.why)
