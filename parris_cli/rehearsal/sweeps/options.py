"""Options of `parris sweep rehearse`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from parris_cli.rehearsal.sweeps.objective import DEFAULT_NOISE, ObjectiveKind

DEFAULT_FULL_TRIALS = 20
MOST_TRIALS = 1_000
"""A rehearsal has the whole sweep in the memory of one process."""


@dataclass(frozen=True, slots=True)
class SweepRehearsalOptions:
    """What is simulated: each trial takes a time between `shortest` and `longest`.

    `failing_share` of the trials fail. `full_trials` of them run the whole training workflow, the
    others its launch, its end and its cost. `results` is a folder for record and report, if wanted.
    """

    source: Path
    shortest: timedelta
    longest: timedelta
    objective: ObjectiveKind = ObjectiveKind.BOWL
    noise: float = DEFAULT_NOISE
    failing_share: float = 0.0
    seed: int = 0
    full_trials: int = DEFAULT_FULL_TRIALS
    is_json: bool = False
    results: Path | None = None
