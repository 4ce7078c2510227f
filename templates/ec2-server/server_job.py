"""The job that the controller has handed over to this server."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

_FORMAT = 1
# A name of files and units, and the name of a role's session.
_MACHINE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_USER_ID = re.compile(r"[A-Z0-9]+:[A-Za-z0-9-]{1,64}")


class UnknownFormatError(ValueError):
    """A newer controller has written the job. `service_sha256` names the program that knows it."""

    def __init__(self, given: object, service_sha256: str) -> None:
        """Name both formats."""
        super().__init__(f"job.json has format {given}, and this program knows {_FORMAT}")
        self.service_sha256 = service_sha256


@dataclass(frozen=True)
class ServerJob:
    """One attempt of one job. Times are Unix seconds.

    `machine_id` names the attempt, and the session of the job's role. The timer ends the job's
    processes at `gone_at`; it stops the server only if `is_server_to_stop`, because the job has
    started it. `service_sha256` is that of the program which the deployment has, or empty.
    """

    machine_id: str
    user_id: str
    role_arn: str
    gone_at: float
    save_grace_seconds: int
    is_server_to_stop: bool
    service_sha256: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for a file of this server."""
        return asdict(self)


def read_server_job(body: bytes) -> ServerJob:
    """Return the job in a job.json of the controller.

    Raises:
        UnknownFormatError: if another program is needed.
        ValueError: if it cannot be understood.
    """
    try:
        given = json.loads(body.decode("utf-8"))
        if given["format"] != _FORMAT:
            raise UnknownFormatError(given["format"], str(given.get("service_sha256", "")))
        gone_at = datetime.fromisoformat(given["gone_at"].replace("Z", "+00:00"))
        job = ServerJob(
            machine_id=given["machine_id"],
            user_id=given["user_id"],
            role_arn=given["role_arn"],
            gone_at=gone_at.timestamp(),
            save_grace_seconds=int(given["save_grace_seconds"]),
            is_server_to_stop=given["is_server_to_stop"] is True,
            service_sha256=str(given.get("service_sha256", "")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"job.json is incomplete: {error!r}") from error
    if not _MACHINE_ID.fullmatch(job.machine_id) or not _USER_ID.fullmatch(job.user_id):
        raise ValueError(f"job.json names no attempt: {job.machine_id!r}, {job.user_id!r}")
    return job
