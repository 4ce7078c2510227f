"""Gives a server back: to the first run in its queue that lives, or to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.entrypoint import logger
from parris.policy import MachineState
from parris.targets.ec2_server.handover import withdraw
from parris.targets.ec2_server.lease import released
from parris.targets.ec2_server.names import server_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.lease import Lease, Request


_ALIVE = (MachineState.STARTING, MachineState.RUNNING)


def release(aws: ServerGateways, job: Job, machine_id: str) -> None:
    """Take an attempt out of the lease of its server, and wake who comes next. Safe to repeat.

    Args:
        aws: the gateways.
        job: the job of the attempt.
        machine_id: the attempt, whether it has the server or waits for it.
    """
    server_id = server_of(machine_id) or ""
    lives: dict[str, bool] = {job.execution_arn: False}
    server = aws.servers.find(server_id)
    is_on = server is not None and MACHINE_STATES.get(server.state) in _ALIVE
    launched_at = server.launched_at if server is not None and is_on else None

    def heir_of(lease: Lease) -> Request | None:
        for one in lease.queue:
            if one.execution_arn not in lives:
                lives[one.execution_arn] = aws.executions.is_alive(one.execution_arn)
            if lives[one.execution_arn]:
                return one
        return None

    if aws.leases.find(server_id).holder_of(machine_id):
        withdraw(aws, server_id)
    _, lease = aws.leases.change(
        server_id,
        lambda lease: released(
            lease,
            machine_id,
            heir_of(lease),
            runs_by_our_start=lease.runs_by_our_start(launched_at),
        ),
    )
    if lease.holder is not None and lease.holder.since is None:
        wake(aws, lease.holder.request)


def wake(aws: ServerGateways, holder: Request) -> None:
    """Have the run that has the server check its launch at once."""
    try:
        aws.signals.request_check(holder.training_job_name, holder.execution_arn)
    except Exception:
        # Its own safety check finds the server, later.
        logger.exception("the run that has the server now could not be woken")
