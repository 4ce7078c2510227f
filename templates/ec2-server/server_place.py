"""This server's folder in the training bucket: the job that is handed over, and two markers.

Functions write `servers/<instance id>/job.json`; the server writes below the name of the job.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from runner_clock import iso
from runner_http import AwsError
from runner_s3 import Bucket
from server_job import ServerJob, read_server_job

EXITED, KILLED, DEADLINE = "exited", "killed", "deadline"
NOT_STARTED, SERVER_RESTARTED = "not-started", "server-restarted"
_TIMEOUT_SECONDS = 20.0
_MISSING = ("NoSuchKey", "404")
_DENIED = ("AccessDenied", "403")


class ServerPlace:
    """The folder of one server.

    Args:
        bucket: the training bucket, as the server.
        read_instance_id: returns the server's id.
        version: the digest of this program.
    """

    def __init__(self, bucket: Bucket, read_instance_id: Callable[[], str], version: str) -> None:
        """Read nothing yet."""
        self._bucket = bucket
        self._read_instance_id = read_instance_id
        self._version = version
        self._known_prefix = ""

    def read_job(self) -> ServerJob | None:
        """Return the job that is handed over, or None if there is none.

        Raises:
            AwsError, OSError: if that is not known.
            ValueError: if it cannot be understood.
        """
        key = f"{self._prefix}/job.json"
        try:
            body = self._bucket.get(key, _soon)
        except AwsError as error:
            if error.code in _MISSING or (error.code in _DENIED and not self._is_listed(key)):
                return None
            raise
        return read_server_job(body)

    def _is_listed(self, key: str) -> bool:
        """Return whether an object exists.

        S3 denies a missing object to whoever may list only a part of the bucket.
        """
        return "" in self._bucket.list_sizes(key, _soon)

    def acknowledge(self, job: ServerJob) -> None:
        """Report that this server has taken the job.

        Raises:
            AwsError: if that fails.
        """
        self._put(
            job,
            "acknowledged.json",
            {"acknowledged_at": iso(time.time()), "service_version": self._version},
        )

    def report_end(self, job: ServerJob, how: str, reason: str, kept_folder: str) -> None:
        """Report that no process of the job is left.

        Args:
            job: the job.
            how: one of the values above.
            reason: why it was not started, or an empty string.
            kept_folder: the folder of results that are not in the bucket, or an empty string.

        Raises:
            AwsError: if that fails.
        """
        self._put(
            job,
            "ended.json",
            {
                "ended_at": iso(time.time()),
                "how": how,
                "reason": reason or None,
                "kept_folder": kept_folder or None,
            },
        )

    @property
    def _prefix(self) -> str:
        if not self._known_prefix:
            self._known_prefix = f"servers/{self._read_instance_id()}"
        return self._known_prefix

    def _put(self, job: ServerJob, name: str, content: dict[str, str | None]) -> None:
        described = {"machine_id": job.machine_id, **content}
        key = f"{self._prefix}/{job.machine_id}/{name}"
        self._bucket.put(key, json.dumps(described).encode())


def _soon() -> float:
    return time.time() + _TIMEOUT_SECONDS
