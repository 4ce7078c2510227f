"""Where pauses begin, and what is counted from one to the next: lines, steps or seconds.

A log does not show all of that exactly, so the period from one pause to the next is a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_SURE_MEMBERS = 8
# Clocks and the time that printing takes are no more exact.
_CLOCK_SECONDS, _CLOCK_SHARE = 2.0, 0.005
# How long a pause is, as a share of what is usual.
_SHORTEST_SHARE, _LONGEST_SHARE = 0.7, 1.4
# What is printed after a pause may come a step after its end.
_MOST_OF_A_STEP = 1.5


class Place(NamedTuple):
    """A line after which there is silence.

    Args:
        line: how many lines of its kind there have been.
        step: the step that was named last, None if none was.
        steps: by how much that step was greater than the one before.
        began: its time, in seconds from the start.
        before: the time since the line before it.
        unseen: how long other pauses may be that begin there and are not seen as such.
    """

    line: int
    step: int | None
    steps: int
    began: float
    before: float
    unseen: float = 0.0


class Pause(NamedTuple):
    """A pause: the place at which it began, and its length.

    `kind` is that of the line before it, and `step_seconds` the usual time between two lines.
    """

    place: Place
    seconds: float
    kind: str
    step_seconds: float


Gap = tuple[float, float]


class Scale:
    """What is counted between two pauses. Its gaps are ranges, since a log does not show all."""

    is_loose = is_sharp = False

    def gap(self, last: Pause, place: Place, usual_seconds: float) -> Gap | None:
        """Return the least and the greatest period by which the place would follow the pause."""
        raise NotImplementedError

    def chance(self, gap: Gap, share: float, spacing_seconds: float) -> float:
        """Return how probably a pause would follow a gap by chance.

        Args:
            gap: the gap.
            share: the share of places that have a pause.
            spacing_seconds: the time between two places.
        """
        raise NotImplementedError

    def is_exact(self, members: Sequence[Pause], gap: Gap) -> bool:
        """Return whether the next pauses cannot come earlier than these say."""
        return True

    def begins_at_first(self, members: Sequence[Pause], gap: Gap) -> bool:
        """Return whether the first place of all was one of the places at which pauses are due."""
        return False


class _Counted(Scale):
    def __init__(self, counts_steps: bool, is_loose: bool) -> None:
        self._counts_steps = counts_steps
        self.is_loose = is_loose
        self.is_sharp = not is_loose

    def _at(self, place: Place) -> int | None:
        return place.step if self._counts_steps else place.line

    def gap(self, last: Pause, place: Place, usual_seconds: float) -> Gap | None:
        begin, end = self._at(last.place), self._at(place)
        if begin is None or end is None or end <= begin:
            return None
        reach = 0
        if self.is_loose:
            reach = max(place.steps, last.place.steps) if self._counts_steps else 1
        return end - begin - reach, end - begin + reach

    def chance(self, gap: Gap, share: float, spacing_seconds: float) -> float:
        return share * (3 if self.is_loose else 1)

    def is_exact(self, members: Sequence[Pause], gap: Gap) -> bool:
        if self.is_loose or len(members) >= _SURE_MEMBERS:
            return True
        return self.begins_at_first(members, gap)

    def begins_at_first(self, members: Sequence[Pause], gap: Gap) -> bool:
        if self.is_loose:
            return False
        # A period that is no whole number of lines shows itself by where it begins.
        places = [self._at(one.place) or 0 for one in members]
        return all(at % gap[0] == 0 for at in places)


class _Timed(Scale):
    def __init__(self, from_end: bool) -> None:
        self._from_end = from_end

    def gap(self, last: Pause, place: Place, usual_seconds: float) -> Gap | None:
        earliest, latest = last.place.began, last.place.began + last.place.unseen
        if self._from_end:
            latest = last.place.began + last.seconds
            earliest = latest - _MOST_OF_A_STEP * last.step_seconds - last.place.unseen
            if last.seconds > usual_seconds * _LONGEST_SHARE:  # two pauses have come together
                earliest = min(earliest, last.place.began + usual_seconds * _SHORTEST_SHARE)
        slack = _CLOCK_SECONDS + _CLOCK_SHARE * (place.began - earliest)
        least = place.began - latest - place.before - slack
        most = place.began + place.unseen - earliest + slack
        return (least, most) if most > 0 else None

    def chance(self, gap: Gap, share: float, spacing_seconds: float) -> float:
        return share * (1 + (gap[1] - gap[0]) / spacing_seconds)


SCALES: tuple[Scale, ...] = (
    _Counted(counts_steps=False, is_loose=False),
    _Counted(counts_steps=True, is_loose=False),
    _Timed(from_end=True),
    _Timed(from_end=False),
    _Counted(counts_steps=False, is_loose=True),
    _Counted(counts_steps=True, is_loose=True),
)


def common_gap(one: Gap, other: Gap) -> Gap | None:
    """Return what two ranges have in common, None if there is nothing."""
    least, most = max(one[0], other[0]), min(one[1], other[1])
    return (least, most) if least <= most else None
