"""Finds the server that a run has or waits for, by the attempt or by the execution alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.targets.ec2_server.names import server_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.lease import Holder, Lease


@dataclass(frozen=True, slots=True)
class Held:
    """The lease of a server in which a run has a request."""

    lease: Lease
    machine_id: str

    @property
    def server_id(self) -> str:
        """Return the server."""
        return self.lease.server_id

    @property
    def holder(self) -> Holder | None:
        """Return the holder if the run has the server, or None if it waits for it."""
        return self.lease.holder_of(self.machine_id)


def find_held(aws: ServerGateways, job: Job, launch_id: str | None) -> Held | None:
    """Return the lease with the run's request, or None if there is none.

    Args:
        aws: the gateways.
        job: the job of the run.
        launch_id: the attempt, or None if only the execution is known.
    """
    if launch_id is None:
        leases = aws.leases.all()
    else:
        leases = (aws.leases.find(server_of(launch_id) or ""),)
    for lease in leases:
        for one in lease.requests:
            if one.execution_arn == job.execution_arn and launch_id in (None, one.machine_id):
                return Held(lease, one.machine_id)
    return None
