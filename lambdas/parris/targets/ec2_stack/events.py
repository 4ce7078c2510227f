"""What events of EC2 and CloudFormation report about a job.

Events have no tags. An instance is found by its id, a stack by its name, and its id must be that
of the job's stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.job import LAUNCH_PREFIX
from parris.payloads import maybe_text_in, part_of
from parris.policy import MachineState
from parris.targets.target import Change
from parris.waits import Cause

if TYPE_CHECKING:
    from parris.payloads import Payload

_OF_MACHINES = {
    MachineState.ENDING: Cause.MACHINE_ENDING,
    MachineState.OVER: Cause.MACHINE_OVER,
}
_OF_STACKS = {
    "CREATE_COMPLETE": Cause.LAUNCHED,
    "CREATE_FAILED": Cause.LAUNCH_FAILED,
    "ROLLBACK_IN_PROGRESS": Cause.LAUNCH_FAILED,
    "ROLLBACK_COMPLETE": Cause.LAUNCH_FAILED,
    "ROLLBACK_FAILED": Cause.LAUNCH_FAILED,
    "DELETE_COMPLETE": Cause.DELETED,
    "DELETE_FAILED": Cause.DELETION_FAILED,
}


def change_in(event: Payload) -> Change | None:
    """Return what an event reports, or None if no job waits for it."""
    detail = part_of(event, "detail")
    match event.get("source"):
        case "aws.ec2":
            return _change_of_instance(detail)
        case "aws.cloudformation":
            return _change_of_stack(detail)
    return None


def _change_of_instance(detail: Payload) -> Change | None:
    machine_id, state = maybe_text_in(detail, "instance-id"), maybe_text_in(detail, "state")
    if machine_id is None or state is None or state not in MACHINE_STATES:
        return None
    cause = _OF_MACHINES.get(MACHINE_STATES[state])
    if cause is None:
        return None
    return Change(cause, machine_id=machine_id, state=state)


def _change_of_stack(detail: Payload) -> Change | None:
    stack_id = maybe_text_in(detail, "stack-id") or ""
    status = maybe_text_in(part_of(detail, "status-details"), "status") or ""
    # arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>
    _, _, name = stack_id.partition(":stack/")
    name = name.partition("/")[0]
    if status not in _OF_STACKS or not name.startswith(LAUNCH_PREFIX):
        return None
    return Change(
        _OF_STACKS[status],
        training_job_name=name.removeprefix(LAUNCH_PREFIX),
        launch_id=stack_id,
    )
