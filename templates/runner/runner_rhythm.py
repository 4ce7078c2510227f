"""Learns the rhythm in which a script prints, and says when its silence is no part of it any more.

Pure arithmetic in seconds, which the simulation of a machine uses, too. A script prints at each
step, and pauses now and then: to evaluate, to save a checkpoint, to load data. After a line that
announces a pause (`Evaluating...`) the silence may be as long as it was after such lines before. A
pause that nothing announces is expected where it is due, if it recurs after so many lines, steps or
seconds. Other pauses may come at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner_line_kind import kind_of, phase_in, step_in
from runner_pause_scales import Place
from runner_silences import Silences

FEWEST_SIGNS = 20
"""Of a script that has printed at fewer times nothing is known."""
_FEWEST_OF_A_KIND = 5
_MOST_KINDS = 60
# Of lines that come faster nobody can tell which is the last one before a pause.
_MOST_LINES = 50
# Lines that come within so much of the floor are one sign, such as the lines of one step.
_SHARE_OF_A_SIGN = 1 / 60
# After a line that announces a pause there is more silence than after others.
_ANNOUNCING_INTERVALS = 2.0


class Rhythm:
    """The lines that a script has printed, and their times, from its start on.

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
        self._sign_at = self._before_at = started_at
        self._sign_count = 0
        self._phase = ""
        self._kind = ""
        self._line_counts: dict[str, int] = {}
        self._step: int | None = None
        self._steps = 1
        self._silences: dict[str, Silences] = {}
        self._main = ""
        self._main_place: Place | None = None
        self._announcing: set[str] = set()
        self._longest_seconds = 0.0
        self.usual_seconds = 0.0
        """How long the silence after the last line usually is."""
        self.allowed_seconds = floor_seconds
        """How long the silence since the last sign may be."""

    def add(self, at: float, lines: Sequence[str] = ("",)) -> None:
        """Add lines that the script printed at a time."""
        seconds = at - self._sign_at
        if self._sign_count == 0 or seconds >= self._sign_seconds:
            if self._sign_count:
                self._learn(seconds)
            self._sign_count += 1
            self._before_at, self._sign_at = self._sign_at, at
        for line in lines[-_MOST_LINES:]:
            self._read(line)
        if self._sign_count >= FEWEST_SIGNS:
            self._expect()

    def silent_too_long_at(self) -> float | None:
        """Return when the silence since the last line is no part of the rhythm any more.

        None while too little is known; never before the end of the warm-up.
        """
        if self._sign_count < FEWEST_SIGNS:
            return None
        return max(self._sign_at + self.allowed_seconds, self._warm_until)

    @property
    def _place(self) -> Place:
        began, before = self._sign_at - self._started_at, self._sign_at - self._before_at
        return Place(self._line_counts.get(self._kind, 0), self._step, self._steps, began, before)

    def _here(self, place: Place) -> Place:
        """Return a place with the time of the last line."""
        return place._replace(began=self._place.began, before=self._place.before)

    def _read(self, line: str) -> None:
        phase = phase_in(line)
        self._phase = phase or self._phase
        kind = f"{self._phase}: {kind_of(line)}"
        if kind not in self._line_counts and len(self._line_counts) >= _MOST_KINDS:
            kind = ""
        self._kind = kind
        self._line_counts[kind] = self._line_counts.get(kind, 0) + 1
        step = step_in(line)
        if step is not None and step != self._step:
            self._steps = max(1, step - (self._step or 0))
            self._step = step
        if kind == self._main:
            self._main_place = self._place

    def _learn(self, seconds: float) -> None:
        """Learn from the silence after the last line."""
        own = self._silences.get(self._kind)
        if own is None:
            own = self._silences[self._kind] = Silences(self._times, self._floor_seconds)
        if self._sign_count < FEWEST_SIGNS:
            # What takes longer than usual before the first steps does not recur.
            own.add_first(seconds)
        else:
            self._longest_seconds = max(self._longest_seconds, seconds)
            own_seconds = seconds
            if self._main_place is not None and self._kind != self._main:
                own_seconds -= self._learn_as_main(own, self._here(self._main_place), seconds)
            own.add(self._place, own_seconds, self._kind)
        self._choose_main(own)

    def _learn_as_main(self, own: Silences, place: Place, seconds: float) -> float:
        """Learn a silence as one after the main kind, and return how much of it belongs there."""
        main = self._silences[self._main]
        due_seconds = main.pauses_at(place)
        is_due = due_seconds > 0 and seconds > own.usual_seconds + due_seconds / 2
        if self._kind not in self._announcing:
            main.add_pause(place, seconds, self._kind)
        elif is_due:
            main.add_pause(place, seconds - own.usual_seconds, self._kind)
        return min(due_seconds, seconds - own.usual_seconds) if is_due else 0.0

    def _choose_main(self, own: Silences) -> None:
        main = self._silences.get(self._main)
        if main is None or own.count > main.count:
            self._main, main = self._kind, own
        usual_seconds = _ANNOUNCING_INTERVALS * main.usual_seconds + self._sign_seconds
        is_longer = own is not main and own.usual_seconds > usual_seconds
        if not is_longer or own.count < _FEWEST_OF_A_KIND:
            self._announcing.discard(self._kind)
        elif self._kind not in self._announcing:
            self._announcing.add(self._kind)
            main.forget(self._kind)

    def _expect(self) -> None:
        """Say how long the silence after the last line may be."""
        now, place = self._sign_at - self._started_at, self._place
        main, own = self._silences[self._main], self._silences.get(self._kind)
        if own is None or own.count < _FEWEST_OF_A_KIND:
            usual = max(main.usual_seconds, self._longest_seconds)
        else:
            usual = own.usual_at(place, now)
            if own is not main and self._main_place is not None:
                # A pause that nothing announces may follow, too.
                usual += main.pauses_at(self._here(self._main_place))
                usual = max(usual, main.unexplained_seconds(now))
        self.usual_seconds = usual
        self.allowed_seconds = self._times * usual + self._floor_seconds
