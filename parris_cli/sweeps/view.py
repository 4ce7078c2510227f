"""A sweep and its trials, as a record of the sweep describes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import (
    finite_number,
    int_in,
    maybe_int_in,
    maybe_text_in,
    part_of,
    parts_in,
    text_in,
)
from parris.reasons import EndReason
from parris.sweeps.trial import TrialStatus

if TYPE_CHECKING:
    from parris.payloads import Payload


@dataclass(frozen=True, slots=True)
class TrialView:
    """One trial. `value` is its goal metric, None if it has none. Money is in US dollars."""

    number: int
    status: TrialStatus
    parameters: Payload
    value: float | None
    reason: str | None
    cause: str | None
    runs: int
    spent_usd: Decimal
    started_at: datetime | None
    ended_at: datetime | None
    runtime_seconds: int
    metric_names: tuple[str, ...]
    results_uri: str | None
    training_job_name: str | None

    @classmethod
    def from_payload(cls, payload: Payload) -> TrialView:
        """Return the trial that a part of the record describes."""
        return cls(
            number=int_in(payload, "number"),
            status=TrialStatus(text_in(payload, "status")),
            parameters=part_of(payload, "parameters"),
            value=finite_number(payload.get("value")),
            reason=maybe_text_in(payload, "reason"),
            cause=maybe_text_in(payload, "cause"),
            runs=maybe_int_in(payload, "runs") or 0,
            spent_usd=Decimal(maybe_text_in(payload, "spent_usd") or 0),
            started_at=_time(payload, "started_at"),
            ended_at=_time(payload, "ended_at"),
            runtime_seconds=maybe_int_in(payload, "runtime_seconds") or 0,
            metric_names=tuple(part_of(payload, "metrics")),
            results_uri=maybe_text_in(payload, "results_uri"),
            training_job_name=maybe_text_in(payload, "training_job_name"),
        )

    @property
    def is_over(self) -> bool:
        """Return whether it will not change any more."""
        return self.status not in (TrialStatus.WAITING, TrialStatus.RUNNING)

    @property
    def is_stopped_early(self) -> bool:
        """Return whether it ended since others were better."""
        return self.reason == EndReason.STOPPED_EARLY

    @property
    def kind(self) -> str:
        """Return what the page draws it as: its status, or that it was stopped early."""
        return "stopped-early" if self.is_stopped_early else self.status.value


@dataclass(frozen=True, slots=True)
class SweepView:
    """A sweep. `metric` is None where it has no goal; `parameters` are those of its config.

    `counts` has the number of trials by status; `trials` may lack those that have not begun.
    `worst_usd` is what one trial can cost at most, which is reserved while it runs. `bounded_by`
    says why `max_parallel` is below that of the config.
    """

    sweep_id: str
    name: str
    status: str
    stop_reason: str | None
    started_at: datetime | None
    ended_at: datetime | None
    method: str
    metric: str | None
    is_maximized: bool
    parameters: Payload
    cost_limit_usd: Decimal
    time_limit_seconds: int | None
    max_parallel: int
    worst_usd: Decimal
    spent_usd: Decimal
    reserved_usd: Decimal
    counts: dict[TrialStatus, int]
    trials: tuple[TrialView, ...]
    bounded_by: str | None = None

    @classmethod
    def from_record(cls, record: Payload) -> SweepView:
        """Return the sweep that a record describes.

        Raises:
            KeyError, TypeError, ValueError: if it is no record of a sweep.
        """
        goal, budget = part_of(record, "goal"), part_of(record, "budget")
        counts = part_of(record, "counts")
        return cls(
            sweep_id=text_in(record, "sweep_id"),
            name=text_in(record, "sweep_name"),
            status=text_in(record, "status"),
            stop_reason=maybe_text_in(record, "stop_reason"),
            started_at=_time(record, "started_at"),
            ended_at=_time(record, "ended_at"),
            method=maybe_text_in(part_of(record, "search"), "method") or "list",
            metric=maybe_text_in(goal, "metric"),
            is_maximized=goal.get("direction") == "maximize",
            parameters=part_of(record, "parameters"),
            cost_limit_usd=Decimal(text_in(budget, "cost_limit_usd")),
            time_limit_seconds=maybe_int_in(budget, "time_limit_seconds"),
            max_parallel=maybe_int_in(record, "max_parallel") or 1,
            worst_usd=Decimal(maybe_text_in(record, "worst_usd") or 0),
            spent_usd=Decimal(text_in(record, "spent_usd")),
            reserved_usd=Decimal(text_in(record, "reserved_usd")),
            counts={status: maybe_int_in(counts, status) or 0 for status in TrialStatus},
            trials=tuple(TrialView.from_payload(trial) for trial in parts_in(record, "trials")),
            bounded_by=maybe_text_in(record, "bounded_by"),
        )

    @property
    def best(self) -> TrialView | None:
        """Return the trial with the best value of the goal, None if no trial has one."""
        first = next(iter(self.ranked), None)
        if first is None or first.value is None or not self.metric:
            return None
        return first if first.status is TrialStatus.SUCCEEDED else None

    @property
    def most_at_once(self) -> int:
        """Return how many trials the budget has room for at the same time, before any has ended."""
        most = min(self.max_parallel, self.trial_count)
        return min(most, int(self.cost_limit_usd / self.worst_usd)) if self.worst_usd else most

    @property
    def is_goal_missed(self) -> bool:
        """Return whether trials have succeeded, and none of them has a value of the goal."""
        has_succeeded = self.counts[TrialStatus.SUCCEEDED] > 0
        return self.metric is not None and self.best is None and has_succeeded

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Return the names of all metrics that trials have printed, sorted."""
        return tuple(sorted({name for trial in self.trials for name in trial.metric_names}))

    @property
    def ranked(self) -> tuple[TrialView, ...]:
        """Return the trials, the best value first.

        Those that have not succeeded, or have no value, follow by number.
        """

        def rank(trial: TrialView) -> tuple[bool, float, int]:
            value = trial.value
            is_ranked = self.metric is not None and trial.status is TrialStatus.SUCCEEDED
            if value is None or not is_ranked:
                return True, 0.0, trial.number
            return False, -value if self.is_maximized else value, trial.number

        return tuple(sorted(self.trials, key=rank))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Return the hyperparameters that differ between trials, in the order of the config."""
        names = dict.fromkeys(self.parameters)
        for trial in self.trials:
            names.update(dict.fromkeys(trial.parameters))
        return tuple(names)

    @property
    def trial_count(self) -> int:
        """Return how many trials there are, with those that have not begun."""
        return sum(self.counts.values())

    @property
    def over_count(self) -> int:
        """Return how many trials have ended, or will not start; those to come are not listed."""
        return sum(trial.is_over for trial in self.trials)

    def is_log(self, name: str) -> bool:
        """Return whether the config has a parameter on a logarithmic scale."""
        return part_of(self.parameters, name).get("scale") == "log"


def _time(payload: Payload, key: str) -> datetime | None:
    text = maybe_text_in(payload, key)
    return datetime.fromisoformat(text) if text else None
