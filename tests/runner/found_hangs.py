"""What is found in simulated trainings that hang, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from runner_rhythm import Rhythm

from tests.runner.hanging_trainings import WARM_UP_SECONDS, Silence, Training

INTERVALS, FLOOR_SECONDS = 3, 60.0
_RECENT = 51
_FIRST_SILENCES = 20
# The median of so many silences is not exact.
_TOLERANCE = 1.05


@dataclass
class Found:
    """How a hang was found: `is_false` if the training had not hung.

    `bound_seconds` is 3 medians of such a silence and 60 s: of a step, or of the pauses in which it
    hung. `most_seconds` is 6 longest silences and 60 s, since two pauses may be due at one place.
    """

    training: Training
    is_false: bool
    is_at_a_step: bool = False
    seconds: float = 0.0
    bound_seconds: float = 0.0
    most_seconds: float = 0.0

    @property
    def is_in_time(self) -> bool:
        """Return whether it was found within the bound."""
        return not self.is_false and self.seconds <= self.bound_seconds * _TOLERANCE


def found_in(training: Training) -> Found:
    """Return how a training's hang is found."""
    rhythm = Rhythm(0.0, INTERVALS, FLOOR_SECONDS, WARM_UP_SECONDS)
    last: Silence | None = None
    longest, steps = 0.0, list[float]()
    for count, silence in enumerate(training.silences()):
        due_at = rhythm.silent_too_long_at()
        if due_at is not None and due_at <= silence.at:
            return Found(training, is_false=True)
        if last is not None:
            seconds = silence.at - last.at
            longest = max(longest, seconds)
            if count > _FIRST_SILENCES and last.is_of_steps and not last.pauses:
                steps.append(seconds)
        rhythm.add(silence.at, silence.lines)
        last = silence
    due_at = rhythm.silent_too_long_at()
    assert due_at is not None
    assert last is not None
    usual = max(median(steps[-_RECENT:] or [0.0]), training.usual_seconds)
    usual += sum(one.usual_seconds for one in last.pauses)
    bound = INTERVALS * usual + FLOOR_SECONDS
    most = max(bound, 2 * INTERVALS * longest + FLOOR_SECONDS)
    return Found(training, False, not last.pauses, due_at - last.at, bound, most)


@dataclass
class Summary:
    """What was found in many trainings."""

    found: list[Found]

    @property
    def false_ends(self) -> list[int]:
        """Return the seeds of the trainings that were ended though they did not hang."""
        return [one.training.seed for one in self.found if one.is_false]

    @property
    def later_than_longest_pauses(self) -> list[int]:
        """Return the seeds of those whose hang was found later than any pause explains."""
        late = [one for one in self.found if one.seconds > one.most_seconds * _TOLERANCE]
        return [one.training.seed for one in late]

    def share_in_time(self, is_at_a_step: bool, is_announced: bool) -> float:
        """Return which share of the hangs was found within their bounds.

        Args:
            is_at_a_step: of hangs at an ordinary step, not in a pause.
            is_announced: of trainings that announce all of their pauses, not of others whose pauses
                recur.
        """
        asked = [
            one.is_in_time
            for one in self.found
            if one.is_at_a_step is is_at_a_step
            and one.training.has_pattern
            and one.training.is_announced is is_announced
        ]
        return sum(asked) / len(asked) if asked else 1.0
