"""A simulated server's folder in the training bucket: what is handed over to it, and its markers.

templates/ec2-server/server_place.py is the real one.
"""

import json
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.context import current
from parris.targets.ec2_server.names import acknowledged_key, ended_key, handover_key
from parris_cli.rehearsal.simulation.job_folder import Role, client_of_session
from parris_cli.rehearsal.simulation.runner_files import iso


class ServerPlace:
    """The folder of one server, which acts with its own role.

    Args:
        role: the server's.
        bucket: the training bucket.
        server_id: the server.
    """

    def __init__(self, role: Role, bucket: str, server_id: str) -> None:
        """Connect to nothing yet."""
        self._role = role
        self._bucket = bucket
        self._server_id = server_id
        self._session: Any = None

    def is_handover(self, bucket: str, key: str) -> bool:
        """Return whether an object hands a job to this server."""
        return (bucket, key) == (self._bucket, handover_key(self._server_id))

    def read_job(self) -> dict[str, Any] | None:
        """Return the job that is handed over, or None.

        Raises:
            BotoCoreError, ClientError: if that is not known.
        """
        key = handover_key(self._server_id)
        try:
            body = self.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            # S3 denies a missing object to whoever may list only a part of the bucket.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        found: dict[str, Any] = json.loads(body)
        return found

    def acknowledge(self, machine_id: str) -> None:
        """Accept an attempt."""
        self._put(acknowledged_key(self._server_id, machine_id), {"machine_id": machine_id})

    def report_end(self, machine_id: str, how: str) -> None:
        """Report that no process of an attempt is left."""
        self._put(
            ended_key(self._server_id, machine_id),
            {"machine_id": machine_id, "how": how, "ended_at": iso(current().clock.now())},
        )

    def client(self, service_name: str) -> Any:
        """Return a client that acts as the server."""
        if self._session is None:
            self._session = self._role.assume(self._role.find_arn())
        return client_of_session(service_name, self._session, self._role.region)

    def _put(self, key: str, content: dict[str, str]) -> None:
        self.client("s3").put_object(
            Bucket=self._bucket, Key=key, Body=json.dumps(content).encode()
        )
