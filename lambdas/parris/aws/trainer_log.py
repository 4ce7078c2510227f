"""CloudWatch Logs: what training scripts have printed, as their runners log it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


class TrainerLog:
    """The log group of the training scripts of this deployment."""

    def __init__(self, client: CloudWatchLogsClient, group: str) -> None:
        self._client = client
        self._group = group

    @translates_errors
    def last_lines(self, stream: str, most: int) -> tuple[str, ...]:
        """Return the last lines of a job's log; none if there is no log."""
        try:
            found = self._client.get_log_events(
                logGroupName=self._group, logStreamName=stream, limit=most
            )
        except ClientError as err:
            if code_of(err) == "ResourceNotFoundException":
                return ()
            raise
        return tuple(one.get("message", "") for one in found["events"])
