"""State EndSweep, and not a state: lets a sweep start nothing more, and ends what runs.

Called by the state machine if its map fails; by EventBridge with the end of an execution of the
sweep machine that failed, timed out or was aborted; by the reaper and EndJobs; and by a person,
`{"sweep_id": ...}`. Stops the sweep, wakes its sleeping trials, sends a stop request to each run
that is reserved, and settles the runs whose end is confirmed. If the execution has ended, writes
the record, and closes the sweep once all runs are settled. For a sweep that runs, the reaper asks
with `"settles_only": true`: then only the runs are settled that ended more than 26 hours ago,
since their own state SettleTrial has failed. Safe to repeat. May raise the Aws
errors, after which Lambda or the state machine retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler, logger
from parris.errors import AwsDeniedError, AwsThrottledError, AwsUnavailableError
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.sweeps.record import has_own_end
from parris.sweeps.settle_run import (
    RunEnd,
    give_up,
    has_ended_long_ago,
    settle_run,
    wake_sleepers,
)
from parris.sweeps.store_record import config_of, store_record
from parris.sweeps.sweep import StopReason
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.sweeps.sweep import Sweep
    from parris.sweeps.trial import Trial


def run(event: Payload, deps: Deps) -> Payload:
    """Return how many runs of the sweep are not settled yet."""
    sweep_id, reason = _request(event)
    now = parse_timestamp(text_in(event, "time" if "time" in event else "now"))
    sweep = deps.aws.sweeps_table.find(sweep_id)
    if sweep is None or sweep.closed_at is not None:
        return {"sweep_id": sweep_id, "is_closed": True, "unsettled": 0}
    if event.get("settles_only") is True:
        unsettled = _settle_runs(sweep, now, deps, goes_on=True)
        wake_sleepers(deps.aws.sweeps_table.find(sweep_id) or sweep, now, deps.aws)
        return {"sweep_id": sweep_id, "is_closed": False, "unsettled": unsettled}
    end = deps.aws.executions.find_end(sweep.execution_arn)
    has_ended = end is not None
    # One that has ended by itself has a reason: its runs are only settled here.
    if end is None or not (has_own_end(end) or (reason is None and _is_over(sweep))):
        sweep = deps.aws.sweeps_table.stop(sweep_id, reason or StopReason.ABORTED) or sweep
    wake_sleepers(sweep, now, deps.aws)
    unsettled = _settle_runs(sweep, now, deps, goes_on=False)
    if has_ended:
        sweep = deps.aws.sweeps_table.find(sweep_id) or sweep
        store_record(sweep, now, deps.aws)
    return {"sweep_id": sweep_id, "is_closed": has_ended and not unsettled, "unsettled": unsettled}


def _request(event: Payload) -> tuple[str, StopReason | None]:
    """Return the sweep that an event is about, and the reason that it names."""
    detail = part_of(event, "detail")
    if detail:
        return text_in(detail, "name"), None
    reason = maybe_text_in(event, "reason") or StopReason.STOP_REQUESTED
    return text_in(event, "sweep_id"), StopReason(reason)


def _is_over(sweep: Sweep) -> bool:
    return sweep.reserved_usd == 0


def _settle_runs(sweep: Sweep, now: datetime, deps: Deps, *, goes_on: bool) -> int:
    """Settle each reserved run that has ended, and return how many are not settled.

    Args:
        sweep: the sweep.
        now: the present time.
        deps: gives access to AWS.
        goes_on: leave the runs alone that have not ended long ago; otherwise stop those that run.
    """
    config = config_of(sweep, deps.aws)
    metric = None if config.goal is None else config.goal.metric
    unsettled = 0
    for trial in deps.aws.sweeps_table.trials(sweep.sweep_id):
        if not trial.is_reserved:
            continue
        # One by one, so that some are done even if one cannot be.
        try:
            if goes_on and not has_ended_long_ago(trial, now, deps.aws):
                unsettled += 1
                continue
            end = settle_run(sweep.sweep_id, trial, metric, now, deps.aws)
            if end is RunEnd.SETTLED:
                continue
            if end is RunEnd.RUNNING:
                _stop(trial, now, deps)
            elif not trial.is_unconfirmed and has_ended_long_ago(trial, now, deps.aws):
                give_up(sweep.sweep_id, trial, deps.aws)
        except (AwsDeniedError, AwsThrottledError, AwsUnavailableError) as err:
            logger.warning("run not ended", extra={"trial": trial.number, "why": str(err)})
        unsettled += 1
    return unsettled


def _stop(trial: Trial, now: datetime, deps: Deps) -> None:
    if trial.training_job_name is None or trial.execution_arn is None:
        return
    deps.aws.signals.stop(trial.training_job_name, trial.execution_arn, format_timestamp(now))


handler = lambda_handler(run)
