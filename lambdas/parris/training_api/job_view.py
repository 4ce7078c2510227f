"""What the training API shows of a job, while it runs and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from parris.costs.cost import spent_usd
from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, payload_of
from parris.timestamps import format_timestamp, parse_timestamp
from parris.training_api.server_status import ServerStatus

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job


@dataclass(frozen=True, slots=True)
class JobView:
    """A job. Amounts are decimal numbers as text; null is what is not known, or not limited.

    `reason` and `cause` say how it has ended, and are null while it runs. `ends_by` is when it has
    ended at the latest, by its own limits. `metrics` are the last values.
    """

    job_id: str
    step: ServerStatus
    training_job_name: str | None = None
    submitted_at: str | None = None
    reason: str | None = None
    cause: str | None = None
    runtime_seconds: int | None = None
    time_limit_seconds: int | None = None
    ends_by: str | None = None
    cost_usd: str | None = None
    cost_limit_usd: str | None = None
    metrics: Payload = field(default_factory=dict)

    def to_payload(self) -> Payload:
        """Return the view as JSON."""
        return payload_of(self)

    @classmethod
    def of_running(
        cls, job: Job, state: Payload, step: ServerStatus, metrics: Payload, now: datetime
    ) -> Self:
        """Return the view of a job whose config was accepted, and that has not ended.

        Args:
            job: the job.
            state: the last state of its execution.
            step: the step that it is in.
            metrics: the last values that its machine has reported.
            now: the present time.
        """
        launched = maybe_text_in(part_of(state, "run"), "launched_at")
        launched_at = None if launched is None else parse_timestamp(launched)
        limits = job.limits
        ran_seconds = 0
        if launched_at is not None:
            ran_seconds = max(0, int((now - launched_at).total_seconds()))
        cost_usd = None
        if job.rate is not None:
            cost_usd = str(spent_usd(job.rate, ran_seconds) + Decimal(limits.used_usd))
        ends_by = None
        if launched_at is not None and limits.earliest_seconds() != limits.longest_seconds:
            ends_by = format_timestamp(launched_at + timedelta(seconds=limits.earliest_seconds()))
        return cls(
            job_id=job.job_id,
            step=step,
            training_job_name=job.training_job_name,
            submitted_at=job.submitted_at,
            runtime_seconds=ran_seconds + limits.used_seconds,
            time_limit_seconds=limits.whole_time_limit_seconds,
            ends_by=ends_by,
            cost_usd=cost_usd,
            cost_limit_usd=limits.whole_cost_limit_usd,
            metrics=metrics,
        )

    @classmethod
    def of_ended(cls, entry: Payload) -> Self:
        """Return the view of an ended job, from its entry in the run index."""
        return cls(
            job_id=str(entry["job_id"]),
            step=ServerStatus.SLEEPING,
            training_job_name=maybe_text_in(entry, "training_job_name"),
            submitted_at=maybe_text_in(entry, "submitted_at"),
            reason=maybe_text_in(entry, "reason"),
            runtime_seconds=maybe_int_in(entry, "runtime_seconds"),
            time_limit_seconds=maybe_int_in(entry, "time_limit_seconds"),
            cost_usd=maybe_text_in(entry, "estimated_cost_usd"),
            cost_limit_usd=maybe_text_in(entry, "cost_limit_usd"),
            metrics=part_of(entry, "metrics"),
        )
