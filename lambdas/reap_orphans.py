"""Not a state: the reaper, which finds abandoned runs and living runs that missed an event.

Called by EventBridge on a schedule, `{"time": ...}`. Compares everything that names a run of this
deployment as its owner with the running executions. It starts the cleanup for an abandoned run. It
wakes a living run that sleeps although a decision is due, whose runner has decided that the job
ends, or whose machine sends no heartbeat any more. It leaves kept resources alone until they
expire. If the lookup of an owner fails, or one of its resources is in an unknown state, which no
cleanup could end, the owner counts as alive and is logged. It has EndSweep settle and close the
sweeps that nobody runs any more. Ends nothing itself. Safe to repeat. May raise the Aws errors,
after which Lambda retries.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

from parris.aws.machine_notes import noted_folder
from parris.entrypoint import Deps, lambda_handler, logger
from parris.errors import AwsDeniedError, AwsThrottledError, AwsUnavailableError
from parris.folder import JobFolder
from parris.payloads import Payload, text_in
from parris.recovery.reaper import (
    ReaperAction,
    action_for_abandoned,
    silence_to_check,
    sleeper_of,
    watched_name_of,
)
from parris.sweeps.start import may_have_late_runs
from parris.sweeps.sweep import StopReason
from parris.targets.find_owned import find_owned
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.recovery.abandoned_run import EndedExecution
    from parris.recovery.reaper import Owned


def run(event: Payload, deps: Deps) -> Payload:
    """Return the number of owners, and the number of each action; the log names each owner."""
    now = parse_timestamp(text_in(event, "time"))
    owners = find_owned(deps.settings, deps.aws)
    actions: Counter[ReaperAction] = Counter()
    living = []
    # Owners are handled one by one, so that some are done even if the time is too short for all.
    for owner, owned in owners.items():
        action = _deal_with(owner, owned, now, deps)
        actions[action] += 1
        if action is ReaperAction.LIVES:
            living.append(owner)
        else:
            logger.info("dealt with", extra={"owner": owner, "action": action})
    woken = [one for one in living if _wake_for_machine(one, owners[one], now, deps)]
    actions[ReaperAction.LIVES] -= len(woken)
    actions[ReaperAction.WOKEN] += len(woken)
    _end_abandoned_sweeps(text_in(event, "time"), deps)
    # A log line, because each custom metric costs 0.30 USD per month.
    counts: Payload = {
        "owners": len(owners),
        **{str(action): actions[action] for action in ReaperAction},
    }
    logger.info("reaped", extra={"counts": counts})
    return counts


def _end_abandoned_sweeps(now: str, deps: Deps) -> None:
    """Have each open sweep ended whose execution has ended, or that a person has stopped.

    A stop request does not reach a run that has not launched anything yet. In a sweep that goes on,
    have the runs settled that ended long ago: if their own states could not, others wait for them.
    """
    for sweep_id, execution_arn in deps.aws.sweeps_table.open_sweeps().items():
        lookup = deps.aws.executions.look_up(execution_arn)
        if lookup.is_unknown:
            found = {"owner": execution_arn, "why": lookup.why_unknown}
            logger.warning("sweep not looked up", extra=found)
        elif lookup.end is not None:
            deps.aws.sweep_signals.end(sweep_id, StopReason.ABORTED, now)
            logger.info("sweep ended", extra={"owner": execution_arn})
        else:
            sweep = deps.aws.sweeps_table.find(sweep_id)
            if sweep is not None and sweep.stop_reason is StopReason.STOP_REQUESTED:
                deps.aws.sweep_signals.end(sweep_id, sweep.stop_reason, now)
            elif sweep is not None and may_have_late_runs(sweep, parse_timestamp(now)):
                deps.aws.sweep_signals.settle(sweep_id, now)


def _deal_with(owner: str, owned: Owned, now: datetime, deps: Deps) -> ReaperAction:
    lookup = deps.aws.executions.look_up(owner)
    if lookup.is_unknown:
        logger.warning("owner not looked up", extra={"owner": owner, "why": lookup.why_unknown})
        return ReaperAction.NOT_LOOKED_UP
    strange = [one for one in owned.resources if not one.is_state_known]
    for one in strange:
        found = {"owner": owner, "resource": one.describe(), "state": one.state}
        logger.warning("resource in an unknown state", extra=found)
    if lookup.end is None:
        return _wake(owner, owned, now, deps)
    if strange:
        return ReaperAction.NOT_LOOKED_UP
    action = action_for_abandoned(owned, now, is_forgotten=lookup.end.is_forgotten)
    if action in (ReaperAction.CLEANED_UP, ReaperAction.EXPIRED):
        _clean_up(owner, lookup.end, action, now, deps)
    _forget_items(owner, owned, action, deps)
    return action


def _forget_items(owner: str, owned: Owned, action: ReaperAction, deps: Deps) -> None:
    for machine_id in owned.noted_machines:
        deps.aws.machines_table.forget(machine_id)
    if owned.held_name is not None and action is ReaperAction.FORGOTTEN:
        deps.aws.jobs_table.release(owned.held_name.name, owner)


def _wake(owner: str, owned: Owned, now: datetime, deps: Deps) -> ReaperAction:
    name = sleeper_of(owned, now)
    if name is None:
        return ReaperAction.LIVES
    deps.aws.signals.request_check(name, owner)
    return ReaperAction.WOKEN


def _wake_for_machine(owner: str, owned: Owned, now: datetime, deps: Deps) -> bool:
    """Return whether a run was woken because of its machine.

    Either the runner has decided that the job ends, and the event of that was lost, or the machine
    sends no heartbeat any more. A run whose files cannot be read is left alone until the next hour;
    its limits still apply.
    """
    job_name = watched_name_of(owned)
    if job_name is None:
        return False
    folder = JobFolder(deps.settings.training_bucket, job_name.name, owner.rpartition(":")[2])
    try:
        folder = noted_folder(folder, deps.aws.bucket)
        is_decided = deps.aws.bucket.written_at(folder.decision_key) is not None
        heartbeat_at = deps.aws.bucket.written_at(folder.heartbeat_key)
    except (AwsDeniedError, AwsThrottledError, AwsUnavailableError) as err:
        logger.warning("reports not read", extra={"owner": owner, "why": str(err)})
        return False
    if is_decided:
        deps.aws.signals.repeat_report(folder.decision_key)
        logger.info("woken because its runner has decided", extra={"owner": owner})
        return True
    silence = silence_to_check(job_name, heartbeat_at, now)
    if silence is None:
        return False
    deps.aws.signals.check_silence(job_name.name, owner, silence)
    logger.info("woken because its machine is silent", extra={"owner": owner})
    return True


def _clean_up(
    owner: str, end: EndedExecution, action: ReaperAction, now: datetime, deps: Deps
) -> None:
    # One cleanup per day and end: a failed cleanup is tried again, and a running one is not started
    # twice. A redriven run has a new end.
    about = f"{owner} {end.stopped_at} {action}"
    name = f"reaped-{now:%Y%m%d}-{hashlib.sha256(about.encode()).hexdigest()[:32]}"
    event: Payload = {"executionArn": owner}
    if action is ReaperAction.EXPIRED:
        event["expired"] = True
    deps.aws.executions.start(deps.settings.cleanup_machine_arn, name, json.dumps(event))


handler = lambda_handler(run)
