"""Finds what runs have of servers: their leases, and their requests in queues.

A server itself is no resource of a run, since it outlives all of them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.policy import MachineState
from parris.targets.ec2_server.describe import described
from parris.targets.ec2_server.spec import RELEASE_SERVER

if TYPE_CHECKING:
    from parris.resource import Resource, Search
    from parris.settings import Settings
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.lease import Holder, Request

_WAITS = "waiting"


def searches(aws: ServerGateways, settings: Settings) -> tuple[Search, ...]:
    """Return the search for leases and requests."""
    region = settings.region

    def leases(execution_arn: str | None) -> tuple[Resource, ...]:
        if not settings.jobs_table:
            # The command reads no jobs table. The record of a run says whether it released its
            # server.
            return ()
        return tuple(
            _held(aws, lease.server_id, lease.holder, region)
            if lease.holder is not None and one is lease.holder.request
            else _waiting(one, region)
            for lease in aws.leases.all()
            for one in lease.requests
            if execution_arn in (None, one.execution_arn)
        )

    return (leases,)


def _held(aws: ServerGateways, server_id: str, holder: Holder, region: str) -> Resource:
    server = aws.servers.find(server_id)
    state = "terminated" if server is None else server.state
    return dataclasses.replace(
        _owned(holder.request, region),
        state=state,
        is_over=MACHINE_STATES.get(state) is MachineState.OVER,
        is_state_known=state in MACHINE_STATES,
        is_billed=holder.is_started_by_us,
    )


def _waiting(request: Request, region: str) -> Resource:
    owned = _owned(request, region)
    return dataclasses.replace(owned, state=_WAITS, is_over=True, is_billed=False)


def _owned(request: Request, region: str) -> Resource:
    return dataclasses.replace(
        described(request.machine_id, region),
        owner_arn=request.execution_arn,
        training_job_name=request.training_job_name,
        on_termination=RELEASE_SERVER,
    )
