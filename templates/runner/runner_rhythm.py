"""Learns the rhythm in which a script prints, and says when its silence is no part of it any more.

Pure arithmetic in seconds, which the simulation of a machine uses, too. A script prints at each
step, and pauses now and then: to evaluate, to save a checkpoint, to load data. A pause that recurs
after so many lines, or after so much time, is expected again when it is due, and at no other time.
Pauses that follow no such pattern may come at any time.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import deque
from statistics import median

FEWEST_SIGNS = 20
"""Of a script that has printed at fewer times nothing is known."""
# Lines that come within so much of the floor are one sign, such as the lines of one step.
_SHARE_OF_A_SIGN = 1 / 60
_RECENT_INTERVALS = 101
_RECENT_PAUSES = 40
# An interval so near to the longest ordinary one is a pause, which may be longer the next time.
_SHARE_OF_A_PAUSE = 2 / 3
# A pattern counts that foresaw all pauses but a few, and those long ago.
_MOST_SURPRISES, _FEWEST_FORESEEN, _FORESEEN_PER_SURPRISE, _CALM_SHARE = 6, 3, 2, 2
# How early or late a pause may be that was foreseen: a share of its period, and lines or seconds.
# The next ones may be so many times as early or late.
_SHARE_OF_LINES, _LINES = 0.001, 0.5
_SHARE_OF_TIME, _SECONDS = 0.005, 5.0
_WIDER = 3


class Rhythm:
    """The times at which a script has printed, from its start on.

    Args:
        started_at: when the script started.
        intervals: how many times as long as usual a silence may be.
        floor_seconds: a silence may be so much longer.
        warm_up_seconds: after the start, during which every silence is a part of the rhythm.
    """

    def __init__(
        self, started_at: float, intervals: float, floor_seconds: float, warm_up_seconds: float
    ) -> None:
        """Know nothing yet."""
        self._started_at = started_at
        self._times = intervals
        self._floor_seconds = floor_seconds
        self._sign_seconds = floor_seconds * _SHARE_OF_A_SIGN
        self._warm_until = started_at + warm_up_seconds
        self._last_at = started_at
        self._line_count = 0
        self._sign_count = 0
        self._intervals: deque[float] = deque(maxlen=_RECENT_INTERVALS)
        self._by_lines, self._by_time = _Pattern(), _Pattern()
        self._longest_pause = 0.0
        self.usual_seconds = 0.0
        """The median time between two signs."""
        self.allowed_seconds = floor_seconds
        """How long the silence since the last sign may be."""

    def add(self, at: float, lines: int = 1) -> None:
        """Add lines that the script printed at a time."""
        seconds = at - self._last_at
        if self._sign_count == 0 or seconds >= self._sign_seconds:
            if self._sign_count >= FEWEST_SIGNS:
                self._learn(seconds, at)
            elif self._sign_count:
                # What takes longer than usual before the first steps does not recur.
                self._intervals.append(seconds)
            self._sign_count += 1
            self._last_at = at
        self._line_count += lines
        if self._sign_count >= FEWEST_SIGNS:
            self.usual_seconds = median(self._intervals)
            self.allowed_seconds = self._allowed_seconds()

    def silent_too_long_at(self) -> float | None:
        """Return when the silence since the last line is no part of the rhythm any more.

        None while too little is known; never before the end of the warm-up.
        """
        if self._sign_count < FEWEST_SIGNS:
            return None
        return max(self._last_at + self.allowed_seconds, self._warm_until)

    @property
    def _ordinary_seconds(self) -> float:
        return self._times * self.usual_seconds + self._floor_seconds

    def _learn(self, seconds: float, at: float) -> None:
        self._intervals.append(seconds)
        if seconds < self._ordinary_seconds * _SHARE_OF_A_PAUSE:
            return
        self._longest_pause = max(self._longest_pause, seconds)
        lines, began, ended = self._line_count, self._elapsed, at - self._started_at
        self._by_lines.add(lines, lines, seconds, _SHARE_OF_LINES, _LINES, began)
        slack = _SECONDS + 2 * self.usual_seconds
        self._by_time.add(began, ended, seconds, _SHARE_OF_TIME, slack, began)

    @property
    def _elapsed(self) -> float:
        return self._last_at - self._started_at

    def _allowed_seconds(self) -> float:
        now = self._elapsed
        found = []
        if self._by_lines.is_reliable(now):
            found.append(self._by_lines.longest_at(self._line_count))
        if self._by_time.is_reliable(now):
            found.append(self._by_time.longest_at(now))
        return max(self._ordinary_seconds, self._times * max(found, default=self._longest_pause))


class _Pattern:
    """Where pauses are due, on a scale of lines or of seconds that begins with the script.

    One is due if three pauses, the start among them, were as far from each other as it is from the
    last of them. Places are asked for in their order. The first pauses of each kind are surprises.
    """

    def __init__(self) -> None:
        self._pauses: deque[tuple[float, float, float]] = deque([(0, 0, 0)], _RECENT_PAUSES)
        self._coming: list[tuple[float, float, float, float]] = []
        self._due: list[tuple[float, float, float, float]] = []
        self._surprise_count = 0
        self._surprised_at = 0.0
        self._foreseen_since = 0

    def add(
        self, begin: float, end: float, seconds: float, share: float, slack: float, now: float
    ) -> None:
        """Add a pause from one place to another.

        Args:
            begin: its place.
            end: where it ends.
            seconds: its length.
            share: how far from its place one may be that is due, as a share of its period.
            slack: how much farther.
            now: when it began, in seconds.
        """
        if self._is_due(begin):
            self._foreseen_since += 1
        else:
            self._surprise_count += 1
            self._surprised_at = now
            self._foreseen_since = 0
        ends = [one[1] for one in self._pauses]
        for before_begin, before_end, before_seconds in self._pauses:
            period = begin - before_end
            near = period * share + slack
            first = bisect_left(ends, before_begin - period - near)
            if first < len(ends) and ends[first] <= before_begin - period + near:
                reach, due = near * _WIDER, end + period
                longest = max(seconds, before_seconds)
                heapq.heappush(self._coming, (due - reach, due, reach, longest))
        self._pauses.append((begin, end, seconds))

    def is_reliable(self, now: float) -> bool:
        """Return whether there were few surprises, and none for most of the time until now."""
        needed = _FEWEST_FORESEEN + _FORESEEN_PER_SURPRISE * self._surprise_count
        is_calm = self._foreseen_since >= needed and now >= _CALM_SHARE * self._surprised_at
        return self._surprise_count <= _MOST_SURPRISES and is_calm

    def longest_at(self, place: float) -> float:
        """Return how long the longest pause is that may be due there; 0 if none is."""
        while self._coming and self._coming[0][0] <= place:
            self._due.append(heapq.heappop(self._coming))
        self._due = [one for one in self._due if one[1] + one[2] >= place]
        return max((seconds for *_, seconds in self._due), default=0.0)

    def _is_due(self, place: float) -> bool:
        """Return whether a pause is due exactly there."""
        self.longest_at(place)
        return any(abs(place - due) <= reach / _WIDER for _, due, reach, _ in self._due)
