"""Decides whether a job ends, and why, from the time and an observation."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from parris.backoff import check_interval_seconds
from parris.durations import duration, readable_time
from parris.limits import LONGEST_JOB_SECONDS, Limits
from parris.liveness import (
    LivenessTimeouts,
    SignsOfLife,
    boot_failure,
    liveness_due_at_seconds,
    silence_failure,
)
from parris.reasons import EndReason
from parris.termination.exit_report import EndedBy, ExitReport
from parris.timestamps import parse_timestamp

_DEFAULT_TIMEOUTS = LivenessTimeouts()
_INTERRUPTION = "spot interruption: AWS reclaimed the machine"


class MachineState(StrEnum):
    """The state of a machine, independent of its target."""

    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one check has found out about a job's machine.

    `did_shut_itself_down` is true where the machine's own system ended it, false where somebody
    ended it through the API, and None where that is not known. `was_interrupted` is true where AWS
    took the machine back, and `loss` is what AWS says of a machine that it has lost.
    `shutting_down_since` is when a machine that is ending was first seen to be. `decided_end` is
    why a training that goes on is to end all the same, by what its runner has reported.
    """

    machine: MachineState
    launched_at: datetime
    exit: ExitReport | None = None
    did_shut_itself_down: bool | None = None
    was_interrupted: bool = False
    loss: str = ""
    is_stop_requested: bool = False
    superseded_by: str | None = None
    signs: SignsOfLife = field(default_factory=SignsOfLife)
    shutting_down_since: datetime | None = None
    decided_end: tuple[EndReason, str] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the job ends. `reason` is None if it continues until the next check."""

    reason: EndReason | None
    cause: str
    runtime_seconds: int
    next_check_seconds: int = 1


def decide(
    limits: Limits,
    seen: Observation,
    now: datetime,
    checks_at_seconds: tuple[int, ...] = (),
    longest_sleep_seconds: int = LONGEST_JOB_SECONDS,
    timeouts: LivenessTimeouts = _DEFAULT_TIMEOUTS,
) -> Decision:
    """Return whether the job should end.

    In order of precedence: the script's own end, a request, the state of the machine, the limits.
    A script that finished before its limit has not reached it. A runner that is still saving is
    not disturbed, since the machine stops by itself; the reason is then how the script ended,
    whatever happens meanwhile. Then comes what was decided from the runner's reports, and last a
    running machine without a sign of life.

    Args:
        limits: when the job ends, in seconds from launch.
        seen: the observation of the machine and of its files in the bucket.
        now: the time of the decision, aware.
        checks_at_seconds: additional checks, in seconds from launch.
        longest_sleep_seconds: the longest time between two checks.
        timeouts: how long the machine may take to start its runner, and may then be silent.
    """
    runtime_seconds = max(0, int((now - seen.launched_at).total_seconds()))
    reported = _end_by_report(limits, seen)
    end = (
        (None if _is_saving(seen) else reported)
        or _end_by_request(seen)
        or _end_by_loss(limits, seen, runtime_seconds)
        or _end_by_limit(limits, runtime_seconds)
        or (seen.decided_end if seen.exit is None else None)
        or _end_by_silence(timeouts, seen, runtime_seconds, now)
    )
    if end is not None:
        reason, cause = reported or end
        return Decision(reason, cause, runtime_seconds)
    due = liveness_due_at_seconds(timeouts, seen.signs, seen.launched_at, now)
    next_check_seconds = _next_check_seconds(limits, seen, now, (*checks_at_seconds, *due))
    return Decision(None, "", runtime_seconds, min(next_check_seconds, longest_sleep_seconds))


_End = tuple[EndReason, str]


def end_by_limit(limits: Limits, runtime_seconds: int) -> tuple[EndReason, str] | None:
    """Return the limit that ends a job of that age and its cause, or None if none does yet."""
    return _end_by_limit(limits, runtime_seconds)


def end_by_report(limits: Limits, seen: Observation) -> tuple[EndReason, str] | None:
    """Return the reason in the exit report and its cause, or None if the report gives none.

    A report of a shutdown from outside gives no reason here: Parris may have caused it.
    """
    if seen.exit is None or seen.exit.ended_by is EndedBy.SIGNAL:
        return None
    return _end_by_report(limits, seen)


def _is_saving(seen: Observation) -> bool:
    """Return whether the script has ended and its machine is still saving the results."""
    is_alive = seen.machine in (MachineState.STARTING, MachineState.RUNNING)
    return seen.exit is not None and not seen.exit.is_final and is_alive


def _end_by_report(limits: Limits, seen: Observation) -> _End | None:
    report = seen.exit
    if report is None:
        return None
    match report.ended_by:
        case EndedBy.SCRIPT | EndedBy.SCRIPT_SHUTDOWN:
            if report.exit_status == 0:
                return EndReason.COMPLETED, report.summary()
            return EndReason.SCRIPT_FAILED, report.describe()
        case EndedBy.TIME_LIMIT:
            is_of_job = limits.time_limit_seconds is not None or not report.explanation
            text = _time_limit_text(limits) if is_of_job else report.explanation
            return EndReason.TIME_LIMIT, text
        case EndedBy.CLOCK_TIME:
            return EndReason.CLOCK_TIME, _clock_time_text(limits)
        case EndedBy.COST_LIMIT:
            return EndReason.COST_LIMIT, _cost_limit_text(limits)
        case EndedBy.BOOTSTRAP | EndedBy.REQUIREMENTS:
            return EndReason.LAUNCH_FAILED, report.describe()
        case EndedBy.INTERRUPTION:
            return EndReason.INSTANCE_LOST, f"{_INTERRUPTION}; {report.describe()}"
        case EndedBy.SIGNAL:
            return _end_by_signal(limits, seen, report)


def _end_by_signal(limits: Limits, seen: Observation, report: ExitReport) -> _End | None:
    """Return why a machine ended that was shut down from outside its runner, once that is known."""
    request = _end_by_request(seen)
    if request is not None:
        return request
    if seen.machine in (MachineState.STARTING, MachineState.RUNNING):
        return None
    ran_seconds = int((report.ended_at - seen.launched_at).total_seconds())
    limit = _end_by_limit(limits, ran_seconds)
    if limit is not None:
        return limit
    if seen.was_interrupted:
        return EndReason.INSTANCE_LOST, f"{_INTERRUPTION}; {report.describe()}"
    if seen.did_shut_itself_down:
        return EndReason.COMPLETED, "the script shut the machine down"
    return EndReason.INSTANCE_LOST, f"the machine was stopped from outside; {report.describe()}"


def _end_by_request(seen: Observation) -> _End | None:
    if seen.superseded_by is not None:
        return EndReason.SUPERSEDED, f"replaced by {seen.superseded_by}"
    if seen.is_stop_requested:
        return EndReason.ABORTED, "a stop was requested"
    return None


def _end_by_loss(limits: Limits, seen: Observation, runtime_seconds: int) -> _End | None:
    if seen.machine is not MachineState.OVER:
        return None
    limit = _end_by_limit(limits, runtime_seconds)
    if limit is not None and seen.did_shut_itself_down:
        return limit
    if seen.was_interrupted:
        what = seen.loss or "its runner left no exit report"
        return EndReason.INSTANCE_LOST, f"{_INTERRUPTION}, and {what}"
    if seen.loss:
        return EndReason.INSTANCE_LOST, seen.loss
    if not seen.signs.has_started:
        return EndReason.LAUNCH_FAILED, "the machine stopped before its runner started"
    return EndReason.INSTANCE_LOST, "the machine ended without an exit report"


def _end_by_silence(
    timeouts: LivenessTimeouts, seen: Observation, runtime_seconds: int, now: datetime
) -> _End | None:
    if seen.machine not in (MachineState.STARTING, MachineState.RUNNING):
        return None
    failure = boot_failure(timeouts, seen.signs, runtime_seconds)
    if failure is not None:
        return EndReason.LAUNCH_FAILED, failure
    failure = silence_failure(timeouts, seen.signs, now)
    return None if failure is None else (EndReason.INSTANCE_LOST, failure)


def _end_by_limit(limits: Limits, runtime_seconds: int) -> _End | None:
    if limits.ends_at_seconds() > runtime_seconds:
        return None
    reason = limits.end_reason()
    if reason is EndReason.COST_LIMIT:
        return reason, _cost_limit_text(limits)
    if reason is EndReason.CLOCK_TIME:
        return reason, _clock_time_text(limits)
    return reason, _time_limit_text(limits)


def _time_limit_text(limits: Limits) -> str:
    if limits.time_limit_seconds is None:
        return f"no job may run longer than {LONGEST_JOB_SECONDS // 3600} hours"
    limit = duration(limits.time_limit_seconds + limits.used_seconds)
    used = f", of which earlier attempts ran {duration(limits.used_seconds)}"
    used = used if limits.used_seconds else ""
    return f"the time limit of {limit} was reached{used}{_reserve_text(limits)}"


def _clock_time_text(limits: Limits) -> str:
    of_time = (
        f" of {readable_time(parse_timestamp(limits.clock_time))}" if limits.clock_time else ""
    )
    return f"the clock time{of_time} was reached{_reserve_text(limits)}"


def _cost_limit_text(limits: Limits) -> str:
    used = f", of which earlier attempts cost {limits.used_usd} USD"
    used = used if limits.used_usd != "0" else ""
    limit = f"the cost limit of {limits.whole_cost_limit_usd} USD"
    return f"{limit} was reached{used}{_reserve_text(limits)}"


def _reserve_text(limits: Limits) -> str:
    saving = duration(limits.save_grace_seconds)
    stopping = duration(limits.stopping_allowance_seconds)
    return f", less {saving} to save and {stopping} to stop"


def _next_check_seconds(
    limits: Limits, seen: Observation, now: datetime, checks_at_seconds: tuple[float, ...]
) -> int:
    """Return the whole seconds, at least 1, until the decision can next change.

    Between two deadlines a run sleeps. An event wakes it at once. Events are delivered at best
    effort only, so the reaper wakes a run whose event was lost: meanwhile its machine is off and
    costs nothing. A machine that is ending may still write its report, and may take hours, since
    AWS waits for a system that hangs: its run makes growing checks of its own.
    """
    ran = now - seen.launched_at
    due_at = (limits.ends_at_seconds(), *checks_at_seconds)
    until_due = [ceil((timedelta(seconds=at) - ran).total_seconds()) for at in due_at]
    # What was due is checked now. The end of the job is not due, or there would be no next check.
    until_next = min((seconds for seconds in until_due if seconds > 0), default=1)
    if seen.machine is MachineState.ENDING:
        ending_for = now - (seen.shutting_down_since or now)
        until_next = min(until_next, check_interval_seconds(int(ending_for.total_seconds())))
    return max(1, until_next)
