"""Learns how long the silences after lines of one kind are, and which of them are pauses."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

from runner_pause_scales import Pause, Place
from runner_recurrence import Recurrence, find_recurrences

_RECENT_SILENCES = 51
_RECENT_PAUSES = 80
_MOST_RECURRENCES = 12
# What so many of the recent silences reach is ordinary, though the median may be far less.
_FREQUENT_SILENCES, _SHARE_OF_FREQUENT_ONES = 6, 2 / 3
# A silence so near to the longest that is allowed is a pause, which may be longer the next time.
_SHARE_OF_A_PAUSE = 2 / 3
# What is half as long may be a pause of the same kind.
_SHARE_OF_A_SIMILAR_ONE = 1 / 2
# What is longer than so many medians is hardly a step that took a little longer.
_SLOW_INTERVALS, _SLOWEST_INTERVALS = 2.2, 2.7
# What is so much longer than the pauses that are due has another one in it; what is so much shorter
# lacks one that always came with these so far.
_LEAST_OF_DUE, _MOST_OF_DUE = 0.7, 1.6
# So few pauses are forgotten when the script has run for so many times as long without another.
_MOST_FORGIVEN, _FORGIVEN_AFTER = 1, 4.0


class Silences:
    """The silences after lines of one kind.

    Args:
        intervals: how many times as long as usual a silence may be.
        floor_seconds: a silence may be so much longer.
    """

    def __init__(self, intervals: float, floor_seconds: float) -> None:
        """Know nothing yet."""
        self._times = intervals
        self._floor_seconds = floor_seconds
        self._recent: deque[float] = deque(maxlen=_RECENT_SILENCES)
        self._pauses: deque[Pause] = deque(maxlen=_RECENT_PAUSES)
        self._recurrences: list[Recurrence] = []
        self._unexplained: list[Pause] = []
        self.count = 0
        """How many there have been."""
        self.usual_seconds = 0.0
        """The median of the last ones."""

    def add(self, place: Place, seconds: float, kind: str) -> None:
        """Add a silence after a line of this kind."""
        if not self.pauses_at(place):
            self._recent.append(seconds)
            self.usual_seconds = median(self._recent)
        self.count += 1
        self.add_pause(place, seconds, kind)

    def add_first(self, seconds: float) -> None:
        """Add a silence after one of the first lines, which is a pause in no case."""
        self.count += 1
        self._recent.append(seconds)
        self.usual_seconds = median(self._recent)

    def add_pause(self, place: Place, seconds: float, kind: str) -> None:
        """Add a silence that may have been a pause, after a line of any kind."""
        least_seconds = self._pause_seconds(self.usual_seconds)
        slow_seconds = _SLOW_INTERVALS * self.usual_seconds
        if seconds < max(least_seconds * _SHARE_OF_A_SIMILAR_ONE, slow_seconds):
            return
        pause = Pause(self._with_unseen(place), seconds, kind, self.usual_seconds)
        self._pauses.append(pause)
        expected_seconds = self.pauses_at(place)
        for one in self._recurrences:
            one.add(pause)
        self._give_up([one for one in self._recurrences if one.is_broken])
        self._drop_doubtful_ones()
        self._learn_hidden_one(pause, expected_seconds)
        usual_seconds = max(self.usual_seconds, expected_seconds)
        if seconds >= self._pause_seconds(usual_seconds):
            self._unexplained = [*self._unexplained, pause][-_RECENT_PAUSES:]
        elif seconds < least_seconds or self._has_certain_one(pause.place):
            return
        self._explain(pause)

    def forget(self, kind: str) -> None:
        """Forget the pauses after lines of a kind, which has turned out to announce them."""
        self._pauses = deque((one for one in self._pauses if one.kind != kind), _RECENT_PAUSES)
        self._give_up([one for one in self._recurrences if one.is_after(kind)])
        self._unexplained = [one for one in self._unexplained if one.kind != kind]

    def usual_at(self, place: Place, now: float) -> float:
        """Return how long the silence after a line of this kind usually is.

        Args:
            place: the line.
            now: the time, in seconds from the start.
        """
        due_seconds = max(self.usual_seconds, self._frequent_seconds, self.pauses_at(place))
        return max(due_seconds, self.unexplained_seconds(now))

    @property
    def _frequent_seconds(self) -> float:
        """Return a share of how long one in some of the recent silences is at least."""
        if len(self._recent) < _FREQUENT_SILENCES:
            return 0.0
        return _SHARE_OF_FREQUENT_ONES * sorted(self._recent)[-_FREQUENT_SILENCES]

    def pauses_at(self, place: Place) -> float:
        """Return how long the pauses are that are due at a place; 0 if none is."""
        due = self._due_at(self._with_unseen(place))
        # What recurs at each fifth pause of another recurrence has its length in its own.
        own = [one for at, one in enumerate(due) if not _is_in_others(one, due[at + 1 :], due[:at])]
        return sum(one.usual_seconds for one in own)

    def _due_at(self, place: Place) -> list[Recurrence]:
        return [one for one in self._recurrences if one.is_due(place)]

    def unexplained_seconds(self, now: float) -> float:
        """Return how long the longest pause was that may come at any time; 0 if none may."""
        found = self._unexplained
        if not found:
            return 0.0
        is_forgiven = now >= _FORGIVEN_AFTER * found[-1].place.began
        if len(found) <= _MOST_FORGIVEN and is_forgiven:
            return 0.0
        return max(one.seconds for one in found)

    def _learn_hidden_one(self, pause: Pause, due_seconds: float) -> None:
        """Learn that a pause that was never seen alone may come at any time.

        Two pauses may come together for hours, because one of them takes most of the time.
        """
        due = self._due_at(pause.place)
        if not due or not all(one.is_certain for one in due):
            return
        if _LEAST_OF_DUE * due_seconds <= pause.seconds <= _MOST_OF_DUE * due_seconds:
            return
        hidden_seconds = abs(pause.seconds - due_seconds)
        if hidden_seconds >= self._pause_seconds(self.usual_seconds):
            hidden = pause._replace(seconds=hidden_seconds)
            self._unexplained = [*self._unexplained, hidden][-_RECENT_PAUSES:]

    def _drop_doubtful_ones(self) -> None:
        """Drop what seems to recur by the clock, and recurs after so many lines or steps."""
        certain = [one for one in self._recurrences if one.is_certain]
        self._give_up(
            [
                one
                for one in self._recurrences
                if one.is_by_clock and any(other.contains(one) for other in certain)
            ]
        )

    def _with_unseen(self, place: Place) -> Place:
        """Return a place with how long a pause may be there that is no more than a long step."""
        longest_seconds = self._pause_seconds(self.usual_seconds)
        return place._replace(unseen=longest_seconds - self.usual_seconds)

    def _allowed_seconds(self, usual_seconds: float) -> float:
        return self._times * usual_seconds + self._floor_seconds

    def _pause_seconds(self, usual_seconds: float) -> float:
        """Return what is so long that it is no ordinary silence, by what is usual."""
        allowed_seconds = self._allowed_seconds(usual_seconds)
        slow_seconds = min(_SHARE_OF_A_PAUSE * allowed_seconds, _SLOWEST_INTERVALS * usual_seconds)
        # Two pauses that are shorter are no longer together than what is allowed.
        return max(allowed_seconds / 2, slow_seconds)

    def _has_certain_one(self, place: Place) -> bool:
        return any(one.is_certain for one in self._due_at(place))

    def _explain(self, pause: Pause) -> None:
        similar = [
            one for one in self._pauses if one.seconds >= pause.seconds * _SHARE_OF_A_SIMILAR_ONE
        ]
        first, last = similar[0].place, pause.place
        places = last.line - first.line + 1
        spacing_seconds = max(1e-3, (last.began - first.began) / places)
        found = find_recurrences(similar, places, spacing_seconds)
        self._recurrences += [
            one for one in found if not any(two.replaces(one) for two in self._recurrences)
        ]
        self._unexplained = [
            one
            for one in self._unexplained
            if not any(self._is_explained_by(one, other) for other in self._recurrences)
        ]
        self._give_up(self._recurrences[:-_MOST_RECURRENCES])

    def _is_explained_by(self, pause: Pause, recurrence: Recurrence) -> bool:
        longest_seconds = self._pause_seconds(recurrence.usual_seconds)
        return pause in recurrence.members and pause.seconds <= longest_seconds

    def _give_up(self, recurrences: Sequence[Recurrence]) -> None:
        """Take the pauses of recurrences for ones that may come at any time."""
        self._recurrences = [one for one in self._recurrences if one not in recurrences]
        explained = {pause for one in self._recurrences for pause in one.members}
        for one in recurrences:
            self._unexplained += [pause for pause in one.members if pause not in explained]


def _is_in_others(
    one: Recurrence, later: Sequence[Recurrence], earlier: Sequence[Recurrence]
) -> bool:
    """Return whether the pauses of another recurrence, which is rarer, are among those of one."""
    if any(one.contains(other) for other in later):
        return True
    return any(one.contains(other) and not other.contains(one) for other in earlier)
