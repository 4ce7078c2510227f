"""Revises a reason that was decided without an observation, once the job can be observed again.

A launch that failed, an hour without an answer, or a limit that came meanwhile is what was known
then. The runner's report and the recorded end of the machine say what really happened: a script
may have been done before its machine could not be seen, or before its launch was complete.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.policy import MachineState, Observation, end_by_limit, end_by_report
from parris.reasons import EndReason
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.job import Job
    from parris.termination.exit_report import ExitReport
    from parris.termination.recorded_end import RecordedEnd

_UNOBSERVED_REASONS = frozenset({EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED})
_LIMITS = frozenset({EndReason.TIME_LIMIT, EndReason.CLOCK_TIME, EndReason.COST_LIMIT})


def revised_reason(
    job: Job, state: Payload, known: RecordedEnd, report: ExitReport | None
) -> tuple[EndReason, str] | None:
    """Return the reason that is known now and its cause, or None if the decided one stands.

    Args:
        job: the job.
        state: `$` of the state machine.
        known: when machine and script ended, as far as known.
        report: the exit report, or None if there is none.
    """
    if not _is_decided_unobserved(state) or known.launched_at is None:
        return None
    seen = Observation(MachineState.OVER, known.launched_at, exit=report)
    reported = end_by_report(job.limits, seen)
    if reported is not None:
        return reported
    end = part_of(state, "end")
    reason, decided_at = (
        EndReason(text_in(end, "reason")),
        parse_timestamp(text_in(end, "decided_at")),
    )
    # A machine that ended before the decision was not ended by Parris.
    ended_at = min(known.machine_ended_at or decided_at, decided_at)
    limit = end_by_limit(job.limits, _seconds(known.launched_at, ended_at))
    if reason is EndReason.INSTANCE_LOST:
        return limit
    if reason in _LIMITS and limit is None and report is None:
        at = maybe_text_in(end, "decided_at")
        return (
            EndReason.INSTANCE_LOST,
            f"the machine ended before its limit, without an exit report; noticed only after {at}",
        )
    return None


def _is_decided_unobserved(state: Payload) -> bool:
    decision = part_of(state, "decision")
    if decision.get("is_outage") is True:
        return True
    is_decided = maybe_text_in(decision, "reason") is not None
    return not is_decided and part_of(state, "end").get("reason") in _UNOBSERVED_REASONS


def _seconds(since: datetime, until: datetime) -> int:
    return (until - since) // timedelta(seconds=1)
