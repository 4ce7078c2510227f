"""State ReserveTrial: reserves what a run of a trial can cost at most, or says why it cannot start.

Reads the sweep's item and the trial's, and the sweep's config from the bucket. Reserves in one
transaction, or records that the trial waits or is not started. Returns `$.trial`: whether to start,
suggest, wait or skip, and with start the input of the run's execution. A repeated call finds its
reservation and returns the same. May raise AwsThrottledError (also of conflicting transactions),
AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.payloads import Payload, int_in, part_of, text_in
from parris.sweeps.names import TrialName
from parris.sweeps.plan import trial_config
from parris.sweeps.start import Refusal, Start, find_refusal, wait_seconds
from parris.sweeps.store_record import config_of
from parris.sweeps.trial import TrialRun
from parris.sweeps.trial_goal import goal_for_trials
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.sweeps.sweep import Sweep
    from parris.sweeps.trial import Trial

_FULL = Refusal(Start.WAIT, "the rest of the budget is reserved for trials that run")


def run(event: Payload, deps: Deps) -> Payload:
    """Return what becomes of the trial now."""
    item, now = part_of(event, "trial"), parse_timestamp(text_in(event, "now"))
    name = TrialName(text_in(item, "sweep_id"), int_in(item, "number"), int_in(item, "run"))
    table = deps.aws.sweeps_table
    sweep = table.find(name.sweep_id)
    if sweep is None:
        raise KeyError(f"no sweep {name.sweep_id}")
    trial = table.find_trial(name.sweep_id, name.number)
    if trial is not None and trial.runs > name.run and not _is_reserved(trial, name):
        return _refused(item, Refusal(Start.SKIP, "this run has ended before"), sweep, now)
    refusal = None
    if trial is None or not _is_reserved(trial, name):
        refusal, sweep = _reserve(name, sweep, now, deps)
    if refusal is not None and refusal.start is Start.WAIT:
        table.wait(name.sweep_id, name.number)
        return _refused(item, refusal, sweep, now)
    table.forget_sleep(name.sweep_id, name.number)
    if refusal is not None:
        table.skip(name.sweep_id, name.number, refusal.cause)
        return _refused(item, refusal, sweep, now)
    return _start(item, name, sweep, trial, deps)


def _is_reserved(trial: Trial, name: TrialName) -> bool:
    return trial.is_reserved and trial.runs == name.run + 1


def _reserve(
    name: TrialName, sweep: Sweep, now: datetime, deps: Deps
) -> tuple[Refusal | None, Sweep]:
    """Return why the run is not reserved, or None if it is now, and the sweep as it was read."""
    refusal = find_refusal(sweep, now)
    if refusal is not None:
        return refusal, sweep
    machine = deps.settings.state_machine_arn.replace(":stateMachine:", ":execution:")
    run = TrialRun(
        name.number,
        name.run,
        name.training_job_name,
        execution_arn=f"{machine}:{name.execution_name}",
        reserved_at=format_timestamp(now),
    )
    if deps.aws.sweeps_table.reserve(sweep, run):
        return None, sweep
    # Other trials were first: their reservations count now.
    sweep = deps.aws.sweeps_table.find(name.sweep_id) or sweep
    return find_refusal(sweep, now) or _FULL, sweep


def _start(
    item: Payload, name: TrialName, sweep: Sweep, trial: Trial | None, deps: Deps
) -> Payload:
    parameters = (None if trial is None else trial.parameters) or item.get("parameters")
    result: Payload = {
        "sweep_id": name.sweep_id,
        "number": name.number,
        "run": name.run,
        "parameters": parameters,
        "waited": 0,
    }
    if not isinstance(parameters, dict):
        return {**result, "start": Start.SUGGEST}
    deps.aws.sweeps_table.set_parameters(name.sweep_id, name.number, parameters)
    config = config_of(sweep, deps.aws)
    return {
        **result,
        "start": Start.START,
        "execution_name": name.execution_name,
        "config": trial_config(config.training, name, parameters, goal_for_trials(config)),
    }


def _refused(item: Payload, refusal: Refusal, sweep: Sweep, now: datetime) -> Payload:
    return {
        **item,
        "start": refusal.start,
        "cause": refusal.cause,
        "settlements": str(sweep.settlements),
        "wait_seconds": wait_seconds(sweep, now),
    }


handler = lambda_handler(run)
