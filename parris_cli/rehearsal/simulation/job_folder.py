"""A simulated machine's access to its files in S3 and its log, with its own role."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.in_process_calls import call_in_process
from embedded_aws.own_clients import make_client
from embedded_aws.permissions.trust import assume_as_service
from parris_cli.rehearsal.simulation.heartbeat import Heartbeat, let_beat

Found = TypeVar("Found")
# How long the bootstrap waits before it fetches again, and the runner before it saves again.
_READ_WAITS_SECONDS = (3, 6, 9, 12)
_WRITE_WAITS_SECONDS = (1, 3, 8, 15)
# How long the user data sleeps before it looks for the bootstrap again.
_WAIT_SECONDS = 2
# Retries within a call would wait by the machine's clock.
_CONFIG = Config(retries={"total_max_attempts": 1})


class Role(Protocol):
    """A role that a machine or an attempt acts with, and its sessions."""

    @property
    def region(self) -> str:
        """Return its Region."""

    def find_arn(self) -> str:
        """Return its ARN, empty if there is none."""

    def assume(self, role_arn: str) -> Any:
        """Return a session of the role with this ARN, with its keys and its `user_id`."""


@dataclass(frozen=True, slots=True)
class MachineRole:
    """The role that a machine acts with.

    Args:
        find_arn: returns its ARN, empty if there is none.
        service: what assumes it for the machine.
        session_name: the name of its session.
        region: the machine's.
    """

    find_arn: Callable[[], str]
    service: str
    session_name: str
    region: str

    def assume(self, role_arn: str) -> Any:
        """Return a session that the service has given to the machine."""
        return assume_as_service(role_arn, self.service, self.session_name)


def client_of_session(service_name: str, session: Any, region: str) -> Any:
    """Return a client that acts as a session of a role."""
    return call_in_process(
        make_client(
            service_name,
            endpoint_url=current().endpoint_url,
            region_name=region,
            aws_access_key_id=session.access_key_id,
            aws_secret_access_key=session.secret_access_key,
            aws_session_token=session.session_token,
            config=_CONFIG,
        )
    )


class JobFolder:
    """The folders that a machine reads and writes, in a bucket that its role may or may not reach.

    It reads `steering/<user id>/` and writes `machines/<user id>/`, where the user id is that of
    its role's session.

    Args:
        role: what the machine acts with.
        bucket: the training bucket.
    """

    def __init__(self, role: Role, bucket: str) -> None:
        """Connect to nothing yet."""
        self._role = role
        self._bucket = bucket
        self._clients: dict[tuple[str, str], Any] = {}
        self._user_id = ""

    def is_steering(self, bucket: str, key: str, name: str) -> bool:
        """Return whether an object is the file of that name which this machine reads."""
        wanted = f"steering/{self._user_id}/{name}"
        return bool(self._user_id) and (bucket, key) == (self._bucket, wanted)

    def wait_for(
        self,
        name: str,
        longest_seconds: float,
        should_wait: Callable[[], bool],
        longest_refusal: timedelta = timedelta.max,
    ) -> None:
        """Return once a file can be read, or waiting is no longer wanted.

        Args:
            name: the file.
            longest_seconds: how long it may take.
            should_wait: whether waiting is still wanted.
            longest_refusal: how long it may take while the requests are denied.

        Raises:
            BotoCoreError, ClientError, TimeoutError: the last error, when it takes too long.
        """
        context = current()
        ends_at = context.clock.now() + timedelta(seconds=longest_seconds)
        refused_since: datetime | None = None
        while should_wait():
            now = context.clock.now()
            refusal: Exception | None = None
            try:
                if self._is_there(name):
                    self._get(name)
                    return
            except (BotoCoreError, ClientError) as error:
                refusal = error
            refused_since = (refused_since or now) if refusal is not None else None
            if now >= ends_at or now - (refused_since or now) >= longest_refusal:
                raise refusal or TimeoutError(f"{name} was not found in time")
            context.sleep(_WAIT_SECONDS)

    def _is_there(self, name: str) -> bool:
        _require_rights("ListBucket")
        client = self._client("s3")
        prefix = f"steering/{self._user_id}/{name}"
        return bool(client.list_objects_v2(Bucket=self._bucket, Prefix=prefix).get("Contents"))

    def read(self, name: str) -> bytes:
        """Return the content of a file; failures are retried, as the bootstrap does."""
        return _tried(functools.partial(self._get, name), _READ_WAITS_SECONDS)

    def _get(self, name: str) -> bytes:
        _require_rights("GetObject")
        client = self._client("s3")
        key = f"steering/{self._user_id}/{name}"
        content: bytes = client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return content

    def write(self, files: dict[str, str], until: datetime | None = None) -> None:
        """Write files in this order; failures are retried, as the runner does.

        Args:
            files: texts by their names.
            until: when to stop retrying; None retries without limit.
        """
        for name, text in files.items():
            _tried(functools.partial(self._put, name, text), _WRITE_WAITS_SECONDS, until)

    def write_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Write heartbeat.json, which sends heartbeats from then on; failures are ignored."""
        name = "heartbeat.json"
        try:
            self._put(name, heartbeat.text())
        except (BotoCoreError, ClientError):
            return
        key = f"machines/{self._user_id}/{name}"
        let_beat(self._bucket, key, self._role.region, heartbeat)

    def _put(self, name: str, text: str) -> None:
        _require_rights("PutObject")
        client = self._client("s3")
        key = f"machines/{self._user_id}/{name}"
        client.put_object(Bucket=self._bucket, Key=key, Body=text.encode())

    def send_log(self, group: str, stream: str, lines: list[tuple[datetime, str]]) -> None:
        """Send lines to CloudWatch Logs; failures are ignored."""
        events = [{"timestamp": _whole_milliseconds(at), "message": line} for at, line in lines]
        names: Any = {"logGroupName": group, "logStreamName": stream}
        client = self._client("logs")
        try:
            try:
                client.put_log_events(**names, logEvents=events)
            except client.exceptions.ResourceNotFoundException:
                client.create_log_stream(**names)
                client.put_log_events(**names, logEvents=events)
        except (BotoCoreError, ClientError):
            return

    def _client(self, service_name: str) -> Any:
        role_arn = self._role.find_arn()
        key = (service_name, role_arn)
        if key not in self._clients:
            self._clients[key] = self._make_client(service_name, role_arn)
        return self._clients[key]

    def _make_client(self, service_name: str, role_arn: str) -> Any:
        session = self._role.assume(role_arn)
        self._user_id = session.user_id
        return client_of_session(service_name, session, self._role.region)


def _require_rights(operation: str) -> None:
    if faults().is_on(FaultKind.NO_S3_RIGHTS):
        words = f"the role of the machine is not authorized to perform: s3:{operation}"
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": words}}, operation)


def _tried(
    attempt: Callable[[], Found],
    waits_seconds: tuple[float, ...],
    until: datetime | None = None,
) -> Found:
    """Return the first success, or raise the last failure; a missing file is a failure."""
    for wait_seconds in waits_seconds:
        if until is not None and current().clock.now() + timedelta(seconds=wait_seconds) > until:
            break
        try:
            return attempt()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise
        except BotoCoreError:
            pass
        current().sleep(wait_seconds)
    return attempt()


def _whole_milliseconds(at: datetime) -> int:
    # Truncated as in an execution's history, so that simultaneous events have equal timestamps.
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
