"""What an event of EC2 reports about the job that has the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.payloads import maybe_text_in, part_of
from parris.policy import MachineState
from parris.targets.target import Change
from parris.timestamps import maybe_timestamp_in
from parris.waits import Cause

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.targets.ec2_server.aws.gateways import ServerGateways

_CAUSES = {
    MachineState.RUNNING: Cause.LAUNCHED,
    MachineState.ENDING: Cause.MACHINE_ENDING,
    MachineState.OVER: Cause.MACHINE_OVER,
}


def change_in(aws: ServerGateways, event: Payload) -> Change | None:
    """Return what an event reports, or None if it is not about the server of a job.

    An event can arrive when the next job has the server already. What happened before that job
    took it, or started it, is none of its changes.
    """
    detail = part_of(event, "detail")
    server_id, state = maybe_text_in(detail, "instance-id"), maybe_text_in(detail, "state")
    if event.get("source") != "aws.ec2" or server_id is None or state is None:
        return None
    if state not in MACHINE_STATES:
        return None
    holder = aws.leases.find(server_id).holder
    launched_at = None if holder is None else holder.launched_at
    machine = MACHINE_STATES[state]
    cause, at = _CAUSES.get(machine), maybe_timestamp_in(event, "time")
    if holder is None or launched_at is None or cause is None:
        return None
    # EventBridge counts in whole seconds.
    is_late = at is not None and at <= launched_at.replace(microsecond=0)
    if is_late and machine is not MachineState.RUNNING:
        return None
    request = holder.request
    return Change(
        cause,
        machine_id=request.machine_id,
        state=None if machine is MachineState.RUNNING else state,
        training_job_name=request.training_job_name,
        launch_id=request.machine_id,
    )
