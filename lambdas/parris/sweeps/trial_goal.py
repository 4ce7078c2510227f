"""What a trial's config says of the goal of its sweep: the metric, and the rungs of its reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.payloads import ints_in, maybe_int_in, text_in
from parris.sweeps.asha import DEFAULT_REDUCTION_FACTOR, rungs_of

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.sweeps.config import SweepConfig

GOAL_KEY = "sweep-goal"
"""The key of a training config that a sweep sets for each of its trials, if it has a goal."""
METRIC_KEY, RUNGS_KEY = "metric", "rungs"
_DIRECTION_KEY, _FACTOR_KEY = "direction", "reduction-factor"
_MAXIMIZE, _MINIMIZE = "maximize", "minimize"


@dataclass(frozen=True, slots=True)
class TrialGoal:
    """The goal of a trial. Without early stopping, there are no rungs."""

    metric: str
    is_maximized: bool
    reduction_factor: int
    rungs: tuple[int, ...]

    @classmethod
    def from_payload(cls, found: Payload) -> Self | None:
        """Return the goal in a trial's config; None if it has no rungs, at which it may stop."""
        if RUNGS_KEY not in found:
            return None
        return cls(
            text_in(found, METRIC_KEY),
            found[_DIRECTION_KEY] == _MAXIMIZE,
            maybe_int_in(found, _FACTOR_KEY) or DEFAULT_REDUCTION_FACTOR,
            ints_in(found, RUNGS_KEY),
        )


def rungs_for_runner(goal: Payload) -> Payload | None:
    """Return what job.json says of the rungs of a trial; None if the job has none."""
    found = TrialGoal.from_payload(goal)
    return None if found is None else {"metric": found.metric, "reports": [*found.rungs]}


def goal_for_trials(config: SweepConfig) -> Payload:
    """Return the goal that the config of each trial has; empty if the sweep has none."""
    goal, early_stopping = config.goal, config.early_stopping
    if goal is None:
        return {}
    direction = _MAXIMIZE if goal.is_maximized else _MINIMIZE
    found: Payload = {METRIC_KEY: goal.metric, _DIRECTION_KEY: direction}
    if early_stopping is not None:
        factor = early_stopping.reduction_factor
        found[_FACTOR_KEY] = factor
        found[RUNGS_KEY] = [*rungs_of(early_stopping.minimum_reports, factor)]
    return found
