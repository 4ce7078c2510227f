"""The names of attempts on servers, and where in the training bucket a server finds its job."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.job import Job

SERVICE_KEY = "servers/service.zip"
"""The program of the service that runs on each server."""
_MACHINE_ID = re.compile(r"(?P<server>i-[0-9a-f]+)-[0-9a-f]{16}")


def machine_id_of(job: Job, server_id: str) -> str:
    """Return what names the current attempt on a server; IAM takes it as a session's name."""
    digits = hashlib.sha256(job.launch_request.encode()).hexdigest()[:16]
    return f"{server_id}-{digits}"


def server_of(machine_id: str) -> str | None:
    """Return the server of an attempt, or None if this names no attempt on a server."""
    found = _MACHINE_ID.fullmatch(machine_id)
    return None if found is None else found["server"]


def handover_key(server_id: str) -> str:
    """Return the key of the object that hands a job to a server."""
    return f"servers/{server_id}/job.json"


def acknowledged_key(server_id: str, machine_id: str) -> str:
    """Return the key of the marker by which a server accepts a job."""
    return f"servers/{server_id}/{machine_id}/acknowledged.json"


def ended_key(server_id: str, machine_id: str) -> str:
    """Return the key of the marker by which a server says that no process of a job is left."""
    return f"servers/{server_id}/{machine_id}/ended.json"
