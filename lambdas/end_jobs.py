"""Not a state: ends all jobs when their deployment is deleted, before anything else is deleted.

Called by CloudFormation for the resource EndJobs. On Create and Update it only responds. On Delete
it marks the deployment as ending, so that no run launches anything any more; has sweeps ended;
sends a stop request to every living run, and wakes it at each check until it has ended; ends the
resources of abandoned runs; and waits for running cleanups. It checks again until nothing is left
or its time is over. In the latter case the deletion fails with a list of what is left, and can be
repeated. May raise the Aws errors, which fail the deletion.
"""

from __future__ import annotations

from parris.entrypoint import Deps, logger
from parris.payloads import Payload, text_in
from parris.resource_entrypoint import resource_handler
from parris.sweeps.sweep import StopReason
from parris.targets.end_abandoned import end_abandoned
from parris.timestamps import format_timestamp, parse_timestamp


def run(event: Payload, deps: Deps) -> tuple[str, ...]:
    """Start to end all jobs, and return what still exists."""
    if _is_updated(text_in(event, "StackId"), deps):
        logger.warning("the deployment stays, so its jobs continue")
        return ()
    timestamp = parse_timestamp(text_in(event, "now"))
    now = format_timestamp(timestamp)
    deps.aws.deployment_deletion.begin(now)
    sweeps = _end_sweeps(now, deps)
    living = _stop_living_runs(now, deps)
    left = (
        *sweeps,
        *living,
        *end_abandoned(deps.settings, deps.aws, timestamp),
        # Cleanups still have to write records, with functions that the deletion would remove.
        *deps.aws.executions.running_of(deps.settings.cleanup_machine_arn),
    )
    logger.info("checked", extra={"left": left})
    return tuple(dict.fromkeys(left))


def _is_updated(stack_id: str, deps: Deps) -> bool:
    """Return whether only this resource is deleted, because an update removed it."""
    return deps.aws.deployment_stack.status_of(stack_id).startswith("UPDATE_")


def _end_sweeps(now: str, deps: Deps) -> tuple[str, ...]:
    """Have all sweeps ended, and return those whose execution still runs."""
    living = []
    for sweep_id, execution_arn in deps.aws.sweeps_table.open_sweeps().items():
        if deps.aws.executions.is_alive(execution_arn):
            deps.aws.sweep_signals.end(sweep_id, StopReason.STOP_REQUESTED, now)
            living.append(execution_arn)
    return tuple(living)


def _stop_living_runs(now: str, deps: Deps) -> tuple[str, ...]:
    living = []
    for name, item in deps.aws.deployment_deletion.held_names().items():
        if not deps.aws.executions.is_alive(item.execution_arn):
            continue
        if not item.is_stop_requested:
            deps.aws.signals.stop(name, item.execution_arn, now)
        elif item.task_token is not None:
            # No event may wake it any more: CloudFormation deletes the rules early, and may delete
            # them before this function is called.
            deps.aws.signals.request_check(name, item.execution_arn)
        living.append(item.execution_arn)
    return tuple(living)


handler = resource_handler(run)
