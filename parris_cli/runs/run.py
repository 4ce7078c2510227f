"""One run as a list shows it, whether it is running or has ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.cost import spent_usd
from parris.errors import REFUSALS
from parris.job import Job
from parris.payloads import maybe_int_in, maybe_text_in, part_of, text_in
from parris.reasons import EndReason
from parris.timestamps import format_timestamp, maybe_timestamp_in, parse_timestamp
from parris_cli.following.phase import Phase, phase_of
from parris_cli.starting.start_job import name_in_id

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from parris.payloads import Payload

UNKNOWN_OWNER = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `state` is its phase while it is running, then the reason of its end.

    Time and cost are those of all attempts, until now if it is running. `started_at` is the launch
    of its first machine, and `clock_time` when it must be over. `error` is the name of the error
    that ended it. What is not known is None, or empty.
    """

    job_id: str
    execution_arn: str
    name: str
    state: str
    is_running: bool
    owner: str = UNKNOWN_OWNER
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    runtime_seconds: int | None = None
    cost_usd: Decimal | None = None
    time_limit_seconds: int | None = None
    cost_limit_usd: Decimal | None = None
    clock_time: datetime | None = None
    target: str = ""
    title: str = ""
    metrics: Payload = field(default_factory=dict)
    results_uri: str | None = None
    error: str = ""

    @property
    def is_refused(self) -> bool:
        """Return whether it has ended without ever being accepted, so that no name means it."""
        is_rejected = self.state == EndReason.CONFIG_REJECTED
        return not self.is_running and (is_rejected or self.error in REFUSALS)

    @classmethod
    def from_entry(cls, entry: Payload) -> Run:
        """Return the ended run that an entry of the run index describes.

        Raises:
            KeyError, TypeError, ValueError: if it is no such entry.
        """
        metrics = maybe_text_in(entry, "metrics")
        return cls(
            job_id=text_in(entry, "job_id"),
            execution_arn=maybe_text_in(entry, "execution_arn") or "",
            name=maybe_text_in(entry, "training_job_name") or text_in(entry, "job_id"),
            state=maybe_text_in(entry, "reason") or "ended",
            is_running=False,
            owner=maybe_text_in(entry, "owner") or UNKNOWN_OWNER,
            submitted_at=maybe_timestamp_in(entry, "submitted_at"),
            started_at=maybe_timestamp_in(entry, "started_at"),
            ended_at=maybe_timestamp_in(entry, "ended_at"),
            runtime_seconds=maybe_int_in(entry, "runtime_seconds"),
            cost_usd=_usd(maybe_text_in(entry, "estimated_cost_usd")),
            time_limit_seconds=maybe_int_in(entry, "time_limit_seconds"),
            cost_limit_usd=_usd(maybe_text_in(entry, "cost_limit_usd")),
            clock_time=maybe_timestamp_in(entry, "clock_time"),
            target=maybe_text_in(entry, "target") or "",
            title=maybe_text_in(entry, "title") or "",
            metrics=json.loads(metrics) if metrics else {},
            results_uri=maybe_text_in(entry, "results_uri"),
            error=maybe_text_in(entry, "error") or "",
        )

    @classmethod
    def without_record(
        cls, execution: DescribeExecutionOutputTypeDef, name: str | None = None
    ) -> Run:
        """Return the run of an ended execution that has no record, such as a rejected config.

        Args:
            execution: its execution.
            name: its job's name, if that is known otherwise than by the execution's name.
        """
        job_id = execution["name"]
        return cls(
            job_id=job_id,
            execution_arn=execution["executionArn"],
            name=name or name_in_id(job_id) or job_id,
            state=execution.get("error") or execution["status"],
            is_running=False,
            submitted_at=execution["startDate"],
            ended_at=execution.get("stopDate"),
        )

    @classmethod
    def from_state(
        cls, job_id: str, execution_arn: str, submitted_at: datetime, state: Payload, now: datetime
    ) -> Run:
        """Return the running run that is in a state of its workflow.

        Args:
            job_id: the name of its execution.
            execution_arn: its execution.
            submitted_at: when the execution began.
            state: `$` of the state machine; empty where it is not known.
            now: the time up to which time and cost are counted.
        """
        payload, phase = part_of(state, "job"), phase_of(state).phase
        if not payload:
            name = name_in_id(job_id) or job_id
            return cls(job_id, execution_arn, name, phase, True, submitted_at=submitted_at)
        job = Job.from_payload(payload)
        launched_at = maybe_timestamp_in(part_of(state, "run"), "launched_at")
        past = job.past_attempts
        first = next((one.started_at for one in past if one.started_at), None)
        ran = None if launched_at is None else max(0, int((now - launched_at).total_seconds()))
        outcome = part_of(state, "outcome")
        cost = None if job.rate is None or ran is None else spent_usd(job.rate, ran)
        return cls(
            job_id=job.job_id,
            execution_arn=job.execution_arn,
            name=job.training_job_name,
            # Only the log says when the script itself begins.
            state=Phase.TRAINING if phase is Phase.STARTING else phase,
            is_running=True,
            owner=job.started_by or UNKNOWN_OWNER,
            submitted_at=submitted_at,
            started_at=maybe_timestamp_in({"at": first}, "at") if first else launched_at,
            runtime_seconds=maybe_int_in(outcome, "runtime_seconds")
            if outcome
            else _sum(ran, job.limits.used_seconds),
            cost_usd=_usd(maybe_text_in(outcome, "estimated_cost_usd"))
            if outcome
            else _sum_usd(cost, Decimal(job.limits.used_usd)),
            time_limit_seconds=job.limits.whole_time_limit_seconds,
            cost_limit_usd=_usd(job.limits.whole_cost_limit_usd),
            clock_time=parse_timestamp(job.limits.clock_time) if job.limits.clock_time else None,
            target=job.target,
            title=job.title,
        )

    def clock_left_seconds(self, now: datetime) -> int | None:
        """Return how much was left until its clock time at its end, or is now; below 0 if late."""
        if self.clock_time is None:
            return None
        return int((self.clock_time - (self.ended_at or now)).total_seconds())

    def to_json(self) -> Payload:
        """Return it for programs. Amounts are decimal numbers as text."""
        return {
            "job_id": self.job_id,
            "execution_arn": self.execution_arn,
            "training_job_name": self.name,
            "state": self.state,
            "is_running": self.is_running,
            "reason": None if self.is_running else self.state,
            "error": self.error or None,
            "started_by": self.owner,
            "submitted_at": _text(self.submitted_at),
            "started_at": _text(self.started_at),
            "ended_at": _text(self.ended_at),
            "runtime_seconds": self.runtime_seconds,
            "time_limit_seconds": self.time_limit_seconds,
            "estimated_cost_usd": _amount(self.cost_usd),
            "cost_limit_usd": _amount(self.cost_limit_usd),
            "clock_time": _text(self.clock_time),
            "target": self.target,
            "title": self.title,
            "metrics": self.metrics,
            "results_uri": self.results_uri,
        }


def _usd(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _sum(seconds: int | None, used_seconds: int) -> int | None:
    return used_seconds or None if seconds is None else seconds + used_seconds


def _sum_usd(usd: Decimal | None, used_usd: Decimal) -> Decimal | None:
    return used_usd or None if usd is None else usd + used_usd


def _text(timestamp: datetime | None) -> str | None:
    return None if timestamp is None else format_timestamp(timestamp)


def _amount(usd: Decimal | None) -> str | None:
    return None if usd is None else f"{usd:f}"
