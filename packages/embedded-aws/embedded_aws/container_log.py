"""The log of one container, sent to CloudWatch Logs while it grows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.logs.models import logs_backends

from embedded_aws.container import Container
from embedded_aws.context import current
from embedded_aws.permissions.actions.logs import group_arn
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.role_permissions import find_missing_permission


class ContainerLog:
    """Sends whole lines as events.

    Args:
        container: whose log it is.
        group: the name of the log group, which is created if it does not exist.
        stream: the name of the log stream.
        role_arn: the role that must be allowed to write it; else nothing is sent.
        session_name: that of the role's session.
        read_line: is called with each line and its time.
    """

    def __init__(
        self,
        container: Container,
        group: str,
        stream: str,
        role_arn: str,
        session_name: str,
        read_line: Callable[[str, datetime], None] = lambda line, timestamp: None,
    ) -> None:
        """Start at the beginning of the log."""
        self._container = container
        self._group, self._stream = group, stream
        self._role_arn, self._session_name = role_arn, session_name
        self._read_line = read_line
        self._read_bytes = 0

    def send_new(self, *, is_over: bool = False) -> None:
        """Send the lines that are new.

        Args:
            is_over: whether the last line may lack its end.
        """
        new = self._container.read_log(self._read_bytes)
        end = len(new) if is_over else new.rfind(b"\n") + 1
        if not end:
            return
        self._read_bytes += end
        now = current().clock.now()
        lines = new[:end].decode("utf-8", "replace").splitlines()
        for line in lines:
            self._read_line(line, now)
        if self._may_write():
            self._write(lines, now)

    def _may_write(self) -> bool:
        settings = current().settings
        arn = group_arn(settings.region, settings.account_id, self._group, self._stream)
        actions = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
        is_there = self._group in _backend().groups
        needed = actions[1:] if is_there else actions
        demands = [Demand(f"logs:{action}", arn) for action in needed]
        return find_missing_permission(self._role_arn, self._session_name, demands) is None

    def _write(self, lines: list[str], now: datetime) -> None:
        backend = _backend()
        backend.ensure_log_group(self._group)
        backend.ensure_log_stream(self._group, self._stream)
        milliseconds = int(now.timestamp() * 1000)
        events = [{"timestamp": milliseconds, "message": line} for line in lines if line]
        backend.groups[self._group].put_log_events(self._stream, events)


def _backend() -> Any:
    settings = current().settings
    return logs_backends[settings.account_id][settings.region]
