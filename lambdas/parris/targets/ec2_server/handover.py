"""Hands a job to the service on a server, by objects in the training bucket.

The server polls for `servers/<server>/job.json`. It writes one marker when it accepts the job, and
another when no process of the job is left.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.ec2.instance_types import accelerator_of
from parris.errors import LaunchFailedError
from parris.targets.ec2_server.names import (
    acknowledged_key,
    ended_key,
    handover_key,
    server_of,
)
from parris.targets.ec2_server.service_archive import service_archive
from parris.targets.ec2_server.spec import spec_of
from parris.targets.runner_files import MachineFacts, write_machine_files
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.ec2_server.aws.gateways import ServerGateways

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class EndedOnServer:
    """What a server says of a job of which no process is left: how it ended; and when it said so.

    `how` is one of `exited`, `killed`, `deadline`, `not-started` and `server-restarted`.
    `kept_folder` is where the server keeps results that were not uploaded, empty if it keeps none.
    """

    how: str
    at: datetime
    kept_folder: str = ""


def hand_over(aws: ServerGateways, job: Job, machine_id: str) -> str:
    """Write the job's files, then the object that the server polls for. Safe to repeat.

    Returns:
        The prefix that only this attempt writes to.

    Raises:
        ConfigInvalidError: if the script or the code changed after validation.
        LaunchFailedError: if the lease was taken away, or jobs on servers have no role.
    """
    server_id, settings = server_of(machine_id) or "", aws.settings
    holder = aws.leases.find(server_id).holder_of(machine_id)
    launched_at = None if holder is None else holder.launched_at
    if holder is None or launched_at is None:
        raise LaunchFailedError(f"the lease of the server {server_id} was taken away")
    if not settings.jobs_role_id:
        raise LaunchFailedError("jobs on servers have no role; deploy the deployment again")
    spec, user_id = spec_of(job), f"{settings.jobs_role_id}:{machine_id}"
    facts = MachineFacts(
        machine_id,
        user_id,
        environment={
            "PARRIS_INSTANCE_TYPE": spec.instance_type,
            "PARRIS_ACCELERATOR": accelerator_of(spec.instance_type),
        },
        # The server is older than the job.
        keys={"launched_at": format_timestamp(launched_at)},
        has_bootstrap=False,
    )
    prefix = write_machine_files(aws.shared, settings, job, facts)
    gone_at = launched_at + timedelta(seconds=job.machine_limits.earliest_seconds())
    described: Payload = {
        "format": _FORMAT,
        "machine_id": machine_id,
        "user_id": user_id,
        "role_arn": settings.jobs_role_arn,
        "role_session_name": machine_id,
        "deployment": settings.deployment,
        "execution_arn": job.execution_arn,
        "training_job_name": job.training_job_name,
        "attempt": job.attempt_number,
        "bucket": settings.training_bucket,
        "region": settings.region,
        "steering_prefix": f"steering/{user_id}/",
        "machine_prefix": f"{prefix}/",
        "launched_at": format_timestamp(launched_at),
        "gone_at": format_timestamp(gone_at),
        "save_grace_seconds": job.limits.save_grace_seconds,
        "is_server_to_stop": holder.is_started_by_us,
        "service_sha256": hashlib.sha256(service_archive(settings.layers_root)).hexdigest(),
    }
    aws.bucket.write(handover_key(server_id), json.dumps(described, indent=2).encode())
    return prefix


def withdraw(aws: ServerGateways, server_id: str) -> None:
    """Delete the object, so that the server ends what is left of the job at once."""
    aws.bucket.delete(handover_key(server_id))


def is_handed_over(aws: ServerGateways, server_id: str, machine_id: str) -> bool:
    """Return whether the server finds this attempt when it polls."""
    found = aws.bucket.read_json(handover_key(server_id))
    return found is not None and found.get("machine_id") == machine_id


def is_acknowledged(aws: ServerGateways, server_id: str, machine_id: str) -> bool:
    """Return whether the server has accepted the attempt."""
    return aws.bucket.written_at(acknowledged_key(server_id, machine_id)) is not None


def find_ended(aws: ServerGateways, server_id: str, machine_id: str) -> EndedOnServer | None:
    """Return what the server says of an attempt of which no process is left; None before that."""
    key = ended_key(server_id, machine_id)
    body, at = aws.bucket.read(key), aws.bucket.written_at(key)
    if body is None or at is None:
        return None
    try:
        found = json.loads(body)
        return EndedOnServer(str(found["how"]), at, str(found.get("kept_folder") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return EndedOnServer("unknown", at)
