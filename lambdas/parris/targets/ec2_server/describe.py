"""Describes what a run has of a server for people: its attempt, which names the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.notifications.links import region_of
from parris.resource import Guide, Resource
from parris.targets.ec2_server.names import server_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.job import Job

NAME, SERVER = "ec2-server", "server"


def describe(job: Job, ids: Iterable[str]) -> Guide:
    """Return the description of these resources of a job, without calling AWS."""
    region = region_of(job.execution_arn)
    known = [one for one in ids if server_of(one) is not None]
    return Guide(
        tuple(described(one, region) for one in known),
        find_commands=(
            f"aws ec2 describe-instances --region {region}"
            f" --filters Name=tag:parris:server,Values={job.deployment}",
        ),
        log_commands=tuple(
            f"aws ec2 get-console-output --region {region} --instance-id {server_of(one)} --latest"
            " --output text"
            for one in known
        ),
    )


def described(machine_id: str, region: str) -> Resource:
    """Return what a run has of a server, from the id alone."""
    server_id = server_of(machine_id)
    console = f"https://{region}.console.aws.amazon.com/ec2/home?region={region}"
    return Resource(
        target=NAME,
        kind=SERVER,
        resource_id=machine_id,
        console_url=f"{console}#InstanceDetails:instanceId={server_id}",
        # The lease itself is released by the reaper, once the run is over.
        removal_command=(
            f"aws ec2 stop-instances --region {region} --instance-ids {server_id} # {machine_id}"
        ),
        runs_job=True,
        is_billed=True,
    )
