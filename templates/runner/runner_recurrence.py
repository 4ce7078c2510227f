"""Pauses that recur after so many lines, so many steps, or so much time.

A script evaluates after each so many-th step, and saves when so much time has passed since it saved
last. Of both, the next pause is due at places that the last ones determine, and at no others.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from runner_pause_scales import SCALES, Gap, Pause, Place, Scale, common_gap

# A recurrence counts if by chance at most this share of the others would look like one.
_CHANCE = 1e-4
_FEWEST_MEMBERS = 4
_CERTAIN_MEMBERS = 8
_CANDIDATES = 25
_RECENT_MEMBERS = 3
_RECENT_LENGTHS = 9
_MOST_MEMBERS = 100
# Scales are given up on which so many pauses came as a surprise, and on another one fewer.
_MOST_SURPRISES = 1
# Of so many pauses, one may come as a surprise.
_FEWEST_AS_EXPECTED = 6
# A pause that is shorter, as a share of what is usual, is none of the same kind.
_LEAST_SHARE = 0.4


@dataclass
class _Period:
    """A range of periods on a scale, and how often a pause came that it did not expect."""

    scale: Scale
    gap: Gap
    surprise_count: int = 0

    def comes_at(self, place: Place, members: Sequence[Pause], usual_seconds: float) -> bool:
        """Return whether a pause is due at a place after one of the last ones."""
        return any(self._shared(one, place, usual_seconds) for one in members[-_RECENT_MEMBERS:])

    def is_over_at(self, place: Place, last: Pause, usual_seconds: float) -> bool:
        """Return whether a pause was due before a place."""
        gap = self.scale.gap(last, place, usual_seconds)
        return gap is None or gap[0] > self.gap[1]

    def narrow(self, last: Pause, place: Place, usual_seconds: float) -> bool:
        """Keep what agrees with a pause at a place, and return whether there is anything."""
        shared = self._shared(last, place, usual_seconds)
        self.gap = shared or self.gap
        return shared is not None

    def _shared(self, last: Pause, place: Place, usual_seconds: float) -> Gap | None:
        gap = self.scale.gap(last, place, usual_seconds)
        return None if gap is None else common_gap(self.gap, gap)


class Recurrence:
    """Pauses of which each was due after the one before.

    What recurs after so many steps seems to recur after so much time as well, until it does not.
    So each scale counts on which they recur until now.

    Args:
        scale: on which they were found.
        gap: the range of their period.
        members: the pauses, the latest last.
    """

    def __init__(self, scale: Scale, gap: Gap, members: Sequence[Pause]) -> None:
        """Begin with pauses that have been found."""
        self.members = deque(members, _MOST_MEMBERS)
        """The last ones."""
        self._lengths = deque((one.seconds for one in members), _RECENT_LENGTHS)
        self._count = len(members)
        self._late_count = 0
        self.usual_seconds = median(self._lengths)
        """The median of the last ones."""
        self._periods = [_Period(scale, gap)]
        found = [self._period_on(other) for other in SCALES if other is not scale]
        self._periods += [one for one in found if one is not None]
        if any(one.scale.begins_at_first(members, one.gap) for one in self._periods):
            self._periods = [one for one in self._periods if not one.scale.is_loose]
        self._keep_certain_ones()

    @property
    def is_certain(self) -> bool:
        """Return whether its pauses recur after so many lines or steps, and not by the clock."""
        members = list(self.members)
        return len(members) >= _CERTAIN_MEMBERS and any(
            one.surprise_count == 0 and one.scale.begins_at_first(members, one.gap)
            for one in self._periods
        )

    @property
    def is_by_clock(self) -> bool:
        """Return whether its pauses recur on no scale of lines or steps that is exact."""
        return not any(one.scale.is_sharp for one in self._periods)

    @property
    def is_broken(self) -> bool:
        """Return whether too many came when they were not due, or later."""
        surprise_count = min(one.surprise_count for one in self._periods)
        return (self._late_count + surprise_count) * _FEWEST_AS_EXPECTED > self._count

    def is_due(self, place: Place) -> bool:
        """Return whether the next one may begin at a place: it is due there, or overdue."""
        recent = list(self.members)[-_RECENT_MEMBERS:]
        if any(one.comes_at(place, recent, self.usual_seconds) for one in self._periods):
            return True
        return self._is_overdue(place)

    def add(self, pause: Pause) -> None:
        """Add a pause, which is passed over if none was due there or it is too short."""
        if not self.is_due(pause.place) or pause.seconds < self.usual_seconds * _LEAST_SHARE:
            return
        last = self.members[-1]
        if self._is_overdue(pause.place):
            self._late_count += 1
        for one in self._periods:
            if not one.narrow(last, pause.place, self.usual_seconds):
                one.surprise_count += 1
        fewest = min(one.surprise_count for one in self._periods)
        most = max(fewest, _MOST_SURPRISES)
        self._periods = [one for one in self._periods if one.surprise_count <= most]
        self._count += 1
        self.members.append(pause)
        self._lengths.append(pause.seconds)
        self.usual_seconds = median(self._lengths)
        self._keep_certain_ones()

    def is_after(self, kind: str) -> bool:
        """Return whether most pauses of it followed a line of a kind."""
        return sum(one.kind == kind for one in self.members) * 2 > len(self.members)

    def contains(self, other: Recurrence) -> bool:
        """Return whether all recent pauses of another one are also its own."""
        recent = list(other.members)[-_RECENT_MEMBERS:]
        return all(one in self.members for one in recent)

    def replaces(self, other: Recurrence) -> bool:
        """Return whether another one adds nothing to this one."""
        if not self.contains(other):
            return False
        is_same = other.is_by_clock and other.contains(self)
        return is_same or not self.is_by_clock

    def _keep_certain_ones(self) -> None:
        if self.is_certain:
            self._periods = [one for one in self._periods if one.scale.is_sharp]

    def _is_overdue(self, place: Place) -> bool:
        last = self.members[-1]
        return all(one.is_over_at(place, last, self.usual_seconds) for one in self._periods)

    def _period_on(self, scale: Scale) -> _Period | None:
        found: Gap | None = (-math.inf, math.inf)
        members = list(self.members)
        for last, pause in zip(members, members[1:]):
            gap = scale.gap(last, pause.place, self.usual_seconds)
            found = None if gap is None or found is None else common_gap(found, gap)
        if found is None or not scale.is_exact(members, found):
            return None
        return _Period(scale, found)


def find_recurrences(
    pauses: Sequence[Pause], place_count: int, spacing_seconds: float
) -> list[Recurrence]:
    """Return the recurrences that the last of some pauses may belong to.

    Args:
        pauses: pauses in their order.
        place_count: the number of places from the first one to the last.
        spacing_seconds: the time between two places.
    """
    share = len(pauses) / max(place_count, len(pauses))
    usual_seconds = median(one.seconds for one in pauses)
    recurrences: list[Recurrence] = []
    for scale in SCALES:
        best: tuple[list[Pause], Gap] | None = None
        for index in range(len(pauses) - 2, max(-1, len(pauses) - 2 - _CANDIDATES), -1):
            first_gap = scale.gap(pauses[index], pauses[-1].place, usual_seconds)
            if first_gap is None or first_gap[1] <= 0:
                continue
            members, gap = _chain(scale, first_gap, pauses, index, usual_seconds)
            chance = min(0.9, scale.chance(first_gap, share, spacing_seconds))
            needed = max(_FEWEST_MEMBERS, 2 + math.log(_CHANCE) / math.log(chance))
            is_enough = len(members) >= needed and scale.is_exact(members, gap)
            if is_enough and (best is None or len(members) > len(best[0])):
                best = members, gap
        if best is not None and not any(list(one.members) == best[0] for one in recurrences):
            recurrences.append(Recurrence(scale, best[1], best[0]))
    return recurrences


def _chain(
    scale: Scale, gap: Gap, pauses: Sequence[Pause], index: int, usual_seconds: float
) -> tuple[list[Pause], Gap]:
    """Follow a period back from the last pause over the one at an index."""
    members = [pauses[-1], pauses[index]]
    for before in reversed(pauses[:index]):
        found = scale.gap(before, members[-1].place, usual_seconds)
        if found is None:
            continue
        if found[0] > gap[1]:
            break
        shared = common_gap(gap, found)
        if shared is not None:
            members.append(before)
            gap = shared
    return members[::-1], gap
