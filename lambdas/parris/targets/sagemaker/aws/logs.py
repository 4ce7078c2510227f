"""CloudWatch Logs: what the containers of training jobs have printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_LAST_LINES = 20


class TrainingLogs:
    """The log streams of training jobs; one for each instance."""

    def __init__(self, client: CloudWatchLogsClient, group: str) -> None:
        self._client = client
        self._group = group

    @translates_errors
    def last_lines(self, training_job_name: str) -> tuple[str, ...]:
        """Return the last lines of the first instance; none if there is no log yet."""
        try:
            streams = self._client.describe_log_streams(
                logGroupName=self._group, logStreamNamePrefix=f"{training_job_name}/", limit=1
            )["logStreams"]
            if not streams:
                return ()
            found = self._client.get_log_events(
                logGroupName=self._group,
                logStreamName=streams[0]["logStreamName"],
                limit=_LAST_LINES,
            )
        except ClientError as err:
            if code_of(err) == "ResourceNotFoundException":
                return ()
            raise
        return tuple(one.get("message", "") for one in found["events"])
