"""Settles the run of a trial once its end is confirmed, and wakes trials that wait for that."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from parris.folder import JobFolder
from parris.payloads import part_of
from parris.sweeps.settle import FORGOTTEN_AFTER_SECONDS, settlement_of, settlement_of_nothing
from parris.sweeps.start import MOST_AWAITED_SECONDS, Start, find_refusal
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.recovery.abandoned_run import EndedExecution
    from parris.sweeps.settlement import Settlement
    from parris.sweeps.sweep import Sweep
    from parris.sweeps.trial import Trial


class RunEnd(StrEnum):
    """What is known of the end of a run."""

    SETTLED = "settled"
    RUNNING = "running"
    UNCONFIRMED = "unconfirmed"


def settle_run(
    sweep_id: str, trial: Trial, metric: str | None, now: datetime, aws: Gateways
) -> RunEnd:
    """Settle the reserved run of a trial, if its end is confirmed."""
    if not trial.is_reserved:
        return RunEnd.SETTLED
    end = aws.executions.find_end(trial.execution_arn or "")
    if end is None:
        return RunEnd.RUNNING
    settlement = _find_settlement(trial, end, metric, now, aws)
    if settlement is None:
        return RunEnd.UNCONFIRMED
    # Of two that settle at the same time one changes nothing.
    aws.sweeps_table.settle(sweep_id, trial, settlement)
    return RunEnd.SETTLED


def give_up(sweep_id: str, trial: Trial, aws: Gateways) -> None:
    """Record that nobody waits any more for the end of a trial's run to be confirmed."""
    cause = (
        f"the end of the job {trial.training_job_name} is not confirmed, so that its resources may"
        f" still run; {trial.reserved_usd} USD stay reserved"
    )
    aws.sweeps_table.give_up(sweep_id, trial, cause)


def has_ended_long_ago(trial: Trial, now: datetime, aws: Gateways) -> bool:
    """Return whether the execution of the trial's run ended so long ago that nobody waits for it.

    False as well if Step Functions does not say when.
    """
    end = aws.executions.find_end(trial.execution_arn or "")
    ended_at = None if end is None else end.stopped_at
    return ended_at is not None and (now - ended_at).total_seconds() >= MOST_AWAITED_SECONDS


def wake_sleepers(sweep: Sweep, now: datetime, aws: Gateways) -> int:
    """Wake as many sleeping trials as fit into the budget, or all if none ever will.

    Returns:
        How many were woken.
    """
    refusal = find_refusal(sweep, now)
    if refusal is not None and refusal.start is Start.WAIT:
        return 0
    sleepers = list(aws.sweeps_table.sleepers(sweep.sweep_id).items())
    if refusal is None:
        room_usd = sweep.cost_limit_usd - sweep.committed_usd
        sleepers = sleepers[: max(1, int(room_usd / sweep.worst_usd))]
    for number, token in sleepers:
        aws.executions.end_sleep(token)
        aws.sweeps_table.forget_sleep(sweep.sweep_id, number)
    return len(sleepers)


def _find_settlement(
    trial: Trial, end: EndedExecution, metric: str | None, now: datetime, aws: Gateways
) -> Settlement | None:
    execution_arn = trial.execution_arn or ""
    name = trial.training_job_name or ""
    folder = JobFolder(aws.bucket.name, name, execution_arn.rpartition(":")[2])
    record = aws.bucket.read_json(folder.record_key)
    if record is not None:
        return settlement_of(part_of(record, "outcome"), trial.reserved_usd, metric)
    if end.is_forgotten and not _is_long_ago(trial, now):
        # Step Functions may know an execution a little later than it was started.
        return None
    if aws.executions.find_last_state(execution_arn) is not None:
        # It had a job, so that something may be left: its cleanup writes the record.
        return None
    error = "NOT_STARTED" if end.is_forgotten else end.message.partition(":")[0] or end.status
    return settlement_of_nothing(error, end.message, format_timestamp(now))


def _is_long_ago(trial: Trial, now: datetime) -> bool:
    reserved_at = parse_timestamp(trial.reserved_at or "1970-01-01T00:00:00Z")
    return (now - reserved_at).total_seconds() > FORGOTTEN_AFTER_SECONDS
