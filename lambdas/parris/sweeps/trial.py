"""One trial of a sweep: its hyperparameters, its reservation, its run and its result."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from parris.payloads import Payload


class TrialStatus(StrEnum):
    """Where a trial is. SUCCEEDED, FAILED and NOT_STARTED are final."""

    WAITING = "waiting"
    """It does not fit into what is left of the budget, and sleeps until a settlement."""
    RUNNING = "running"
    """Its worst case is reserved. That its run has begun is not certain."""
    UNCONFIRMED = "unconfirmed"
    """Its run has ended or should have, which was not confirmed in time: it stays reserved."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial, as its item in the sweeps table has it.

    `number` counts from 0. `runs` is how often it was run, and `settled` how many of these runs
    have their cost on record: a run that is reserved and not settled has reserved `reserved_usd`.
    `spent_usd` is the cost of all settled runs. `value` is the goal metric of the last run, None if
    it has none. `cause` says why it failed or was not started.
    """

    number: int
    status: TrialStatus
    parameters: Payload | None = None
    runs: int = 0
    settled: int = 0
    reserved_usd: Decimal = Decimal(0)
    spent_usd: Decimal = Decimal(0)
    value: float | None = None
    reason: str | None = None
    cause: str | None = None
    execution_arn: str | None = None
    training_job_name: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    runtime_seconds: int = 0
    metrics: Payload = field(default_factory=dict)
    results_uri: str | None = None
    record_uri: str | None = None
    reserved_at: str | None = None

    @property
    def is_reserved(self) -> bool:
        """Return whether a run of it holds a reservation."""
        return self.runs > self.settled

    @property
    def is_unconfirmed(self) -> bool:
        """Return whether nobody waits any more for the end of its run to be confirmed."""
        return self.status is TrialStatus.UNCONFIRMED

    @property
    def is_over(self) -> bool:
        """Return whether it will not change any more."""
        return self.status in {
            TrialStatus.SUCCEEDED,
            TrialStatus.FAILED,
            TrialStatus.NOT_STARTED,
        }


@dataclass(frozen=True, slots=True)
class TrialRun:
    """A run of a trial that is to be reserved, and its job. `run` counts the runs from 0."""

    number: int
    run: int
    training_job_name: str
    execution_arn: str
    reserved_at: str
