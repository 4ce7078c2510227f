"""State SettleTrial: records what a run has cost once its end is confirmed, and frees the rest.

Reads the trial's item, the run's execution and its record. A run whose end is not confirmed keeps
its reservation; then the state checks again, for 26 hours. After that nobody waits for it: trials
that would need its reservation are not started. Wakes trials that wait for what is given back, and
stops the sweep after a failed trial if its config says so. Returns `$.settled`. Safe to repeat.
May raise AwsThrottledError (also of conflicting transactions), AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.payloads import Payload, int_in, part_of, text_in
from parris.sweeps.settle_run import (
    RunEnd,
    give_up,
    settle_run,
    wake_sleepers,
)
from parris.sweeps.start import MOST_AWAITED_SECONDS
from parris.sweeps.store_record import config_of
from parris.sweeps.sweep import StopReason
from parris.sweeps.trial import TrialStatus
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.sweeps.config import SweepConfig
    from parris.sweeps.trial import Trial

_FIRST_CHECK_SECONDS, _LONGEST_CHECK_SECONDS = 15, 900
_RUNNING_CHECK_SECONDS = 1800


def run(event: Payload, deps: Deps) -> Payload:
    """Return whether the run is settled, and what comes next."""
    item, now = part_of(event, "trial"), parse_timestamp(text_in(event, "now"))
    sweep_id, number, run_number = (
        text_in(item, "sweep_id"),
        int_in(item, "number"),
        int_in(item, "run"),
    )
    table = deps.aws.sweeps_table
    sweep, trial = table.find(sweep_id), table.find_trial(sweep_id, number)
    if sweep is None or trial is None:
        raise KeyError(f"no trial {sweep_id}/{number}")
    config = config_of(sweep, deps.aws)
    metric = None if config.goal is None else config.goal.metric
    end = settle_run(sweep_id, trial, metric, now, deps.aws)
    if end is RunEnd.UNCONFIRMED and int_in(item, "waited") >= MOST_AWAITED_SECONDS:
        give_up(sweep_id, trial, deps.aws)
        _wake(sweep_id, now, deps)
        return {"next": "unknown"}
    if end is not RunEnd.SETTLED:
        return _check_again(end, int_in(item, "waited"))
    trial = table.find_trial(sweep_id, number) or trial
    result = _next(trial, config, run_number)
    if result["next"] == "done" and trial.status is TrialStatus.FAILED and config.stops_on_failure:
        table.stop(sweep_id, StopReason.TRIAL_FAILED)
    _wake(sweep_id, now, deps)
    return result


def _wake(sweep_id: str, now: datetime, deps: Deps) -> None:
    sweep = deps.aws.sweeps_table.find(sweep_id)
    if sweep is not None:
        wake_sleepers(sweep, now, deps.aws)


def _next(trial: Trial, config: SweepConfig, run_number: int) -> Payload:
    is_again = trial.status is TrialStatus.FAILED and run_number < config.retry_failed
    return {"next": "again" if is_again else "done", "run": run_number + 1, "waited": 0}


def _check_again(end: RunEnd, waited_seconds: int) -> Payload:
    if end is RunEnd.RUNNING:
        # Only its state has ended, by a timeout or an error of Step Functions.
        return {"next": "check", "check_seconds": _RUNNING_CHECK_SECONDS, "waited": 0}
    seconds = min(max(_FIRST_CHECK_SECONDS, waited_seconds // 4), _LONGEST_CHECK_SECONDS)
    return {"next": "check", "check_seconds": seconds, "waited": waited_seconds + seconds}


handler = lambda_handler(run)
