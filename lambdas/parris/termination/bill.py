"""What one attempt of a run has cost, by what the checks of its end have found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parris.costs.cost import cost_basis, kept_usd_per_month, spent_usd
from parris.payloads import Payload, maybe_int_in, part_of, text_in
from parris.retention.retained import KEEPING_STEPS
from parris.termination.ending import EndState
from parris.termination.recorded_end import part_ends_in
from parris.timestamps import maybe_timestamp_in, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.costs.rate import Rate
    from parris.job import Job

_SHUTDOWN_ALLOWANCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Bill:
    """From when to when the machine ran, and at what rate it is billed; None if that is unknown.

    `launched_at` is None if no machine was launched. `reported_seconds` is what AWS says that it
    bills of the machine, which may be less than its time, or None if it does not say.
    `part_seconds` says how long each part that outlives the machine was billed.
    """

    launched_at: datetime | None
    ended_at: datetime
    runtime_seconds: int
    rate: Rate | None
    part_seconds: Mapping[str, int] = field(default_factory=dict)
    reported_seconds: int | None = None

    @property
    def usd(self) -> str | None:
        """Return the cost in USD, or None if no price is known."""
        if self.rate is None:
            return None
        return str(spent_usd(self.rate, self._charged_seconds, self.part_seconds))

    @property
    def basis(self) -> Payload:
        """Return what the cost is made of."""
        return cost_basis(self.rate, self._charged_seconds, self.part_seconds)

    @property
    def _charged_seconds(self) -> int:
        return self.runtime_seconds if self.reported_seconds is None else self.reported_seconds


def bill_of(job: Job, state: Payload, rate_of_run: Rate | None = None) -> Bill:
    """Return the bill of the current attempt.

    Args:
        job: the job.
        state: `$` of the state machine, with `end` and the other parts that the run has reached.
        rate_of_run: the average rate of the attempt; None if it is the job's rate.
    """
    launched_at, ended_at = launched_at_of(state), ended_at_of(state)
    runtime_seconds = 0
    if launched_at is not None:
        # AWS bills every launch, even if the machine ended within its first second.
        runtime_seconds = max(1, -(-(ended_at - launched_at) // timedelta(seconds=1)))
    rate = rate_of_run or job.rate
    part_seconds = _seconds_of_parts(state, rate, launched_at, runtime_seconds)
    reported_seconds = maybe_int_in(part_of(state, "confirmed"), "billed_seconds")
    if reported_seconds == 0:
        # It was launched, and never ran: it got no machines, or was stopped before.
        return Bill(None, ended_at, 0, rate_of_run or job.rate, reported_seconds=0)
    return Bill(launched_at, ended_at, runtime_seconds, rate, part_seconds, reported_seconds)


def kept_usd_of(job: Job, state: Payload) -> str | None:
    """Return the monthly cost of the kept storage, or None if none is kept or it is unknown."""
    is_kept = part_of(state, "cleanup").get("step") in KEEPING_STEPS
    usd = kept_usd_per_month(job.rate) if is_kept else None
    return None if usd is None else str(usd)


def launched_at_of(state: Payload) -> datetime | None:
    """Return when the machine was launched, or None if none ever ran."""
    found = maybe_timestamp_in(part_of(state, "run"), "launched_at")
    return found or maybe_timestamp_in(part_of(state, "confirmed"), "launched_at")


def ended_at_of(state: Payload) -> datetime:
    """Return when the machine ended according to AWS, or else the latest possible time.

    AWS may report when the stop was requested. If the script was still saving then, the machine
    ran at least until the script ended.
    """
    confirmed = part_of(state, "confirmed")
    decided_at = parse_timestamp(text_in(part_of(state, "end"), "decided_at"))
    machine_ended_at = maybe_timestamp_in(confirmed, "machine_ended_at")
    script_ended_at = maybe_timestamp_in(confirmed, "script_ended_at")
    latest = maybe_timestamp_in(confirmed, "confirmed_at") or decided_at
    if machine_ended_at is not None:
        return max(machine_ended_at, min(script_ended_at or machine_ended_at, latest))
    return latest if script_ended_at is None else min(latest, script_ended_at + _SHUTDOWN_ALLOWANCE)


def _seconds_of_parts(
    state: Payload, rate: Rate | None, launched_at: datetime | None, runtime_seconds: int
) -> dict[str, int]:
    """Return how long each part that outlives the machine was billed, up to now if it is kept.

    If no check has found the part ended, this is at least the time that an estimate counts. The
    result is empty if there was no check.
    """
    confirmed = part_of(state, "confirmed")
    checked_at, ends = maybe_timestamp_in(confirmed, "confirmed_at"), part_ends_in(confirmed)
    if rate is None or launched_at is None or checked_at is None:
        return {}
    found = {}
    for one in rate.components:
        seconds = -(-(ends.get(one.part, checked_at) - launched_at) // timedelta(seconds=1))
        if one.part not in ends and confirmed.get("state") != EndState.ENDED:
            seconds = max(seconds, runtime_seconds + one.reserve_seconds)
        found[one.part] = seconds
    return found
