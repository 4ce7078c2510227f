"""Beside the states: ends every job when its deployment is deleted, before anything else goes.

Called by CloudFormation for the resource EndJobs. On Create and Update it only answers. On Delete
it marks the deployment as ending, so that no run launches anything any more; tells every living run
to end, as a person would; ends what runs that are dead have left; and waits for the cleanups that
run. It looks again until nothing is left, or its time is over: then the deletion fails, names what
is left, and can be repeated. May raise the Aws errors, which CloudFormation is told.
"""

from __future__ import annotations

from parris.entrypoint import Deps, logger
from parris.payloads import Payload, text_in
from parris.resource_entrypoint import resource_handler
from parris.targets.end_abandoned import end_abandoned
from parris.timestamps import format_timestamp, parse_timestamp


def run(event: Payload, deps: Deps) -> tuple[str, ...]:
    """Set the end of all jobs going, and return what is still there."""
    if _is_updated(text_in(event, "StackId"), deps):
        logger.warning("the deployment stays, so its jobs go on")
        return ()
    moment = parse_timestamp(text_in(event, "now"))
    now = format_timestamp(moment)
    deps.aws.deployment_deletion.begin(now)
    living = _stop_living_runs(now, deps)
    left = (
        *living,
        *end_abandoned(deps.settings, deps.aws, moment),
        # They still have a record to write, with functions that go with the deployment.
        *deps.aws.executions.running_of(deps.settings.cleanup_machine_arn),
    )
    logger.info("looked", extra={"left": left})
    return tuple(dict.fromkeys(left))


def _is_updated(stack_id: str, deps: Deps) -> bool:
    """Return whether only this resource goes, since an update took it out of the template."""
    return deps.aws.deployment_stack.status_of(stack_id).startswith("UPDATE_")


def _stop_living_runs(now: str, deps: Deps) -> tuple[str, ...]:
    living = []
    for name, item in deps.aws.deployment_deletion.held_names().items():
        if not deps.aws.executions.is_alive(item.execution_arn):
            continue
        # Told again while it sleeps: a request may have been noted, and its sleeper not woken.
        if not item.is_stop_requested or item.task_token is not None:
            deps.aws.signals.stop(name, item.execution_arn, now)
        living.append(item.execution_arn)
    return tuple(living)


handler = resource_handler(run)
