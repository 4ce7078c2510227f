"""CloudWatch Logs: what the containers have printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_LAST_LINES = 20


class ContainerLogs:
    """The log streams of containers, one for each."""

    def __init__(self, client: CloudWatchLogsClient, group: str) -> None:
        self._client = client
        self._group = group

    @translates_errors
    def last_lines(self, stream: str) -> tuple[str, ...]:
        """Return the last lines of a container; none if there is no log yet."""
        if not stream:
            return ()
        try:
            found = self._client.get_log_events(
                logGroupName=self._group, logStreamName=stream, limit=_LAST_LINES
            )
        except ClientError as err:
            if code_of(err) == "ResourceNotFoundException":
                return ()
            raise
        return tuple(one.get("message", "") for one in found["events"])
