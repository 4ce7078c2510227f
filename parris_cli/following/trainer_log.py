"""The script's log: live from CloudWatch Logs, and at the end what was missed, from log.txt."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

# The longest line that the runner writes to the live log; it splits longer ones.
_LINE_LIMIT_BYTES = 8192


class TrainerLog:
    """The log of one job."""

    def __init__(self, client: CloudWatchLogsClient, group: str, stream: str) -> None:
        self._client = client
        self._group = group
        self._stream = stream
        self._token: str | None = None
        self._shown: Counter[str] = Counter()

    def new_lines(self) -> list[str]:
        """Return the lines since the last call; none while there is no log yet."""
        lines: list[str] = []
        while True:
            fresh, has_more = self._next_page()
            lines += fresh
            if not has_more:
                self._shown.update(lines)
                return lines

    def missed_lines(self, whole_log: str) -> list[str]:
        """Return the lines of log.txt that the live log did not show, in order."""
        left = self._shown.copy()
        missed = []
        lines = whole_log.split("\n")
        for line in lines[:-1] if lines[-1] == "" else lines:
            text = line.rstrip("\r")
            if left[text] > 0:
                left[text] -= 1
            elif len(text.encode()) <= _LINE_LIMIT_BYTES:
                missed.append(text)
        return missed

    def _next_page(self) -> tuple[list[str], bool]:
        try:
            if self._token is None:
                answer = self._client.get_log_events(
                    logGroupName=self._group, logStreamName=self._stream, startFromHead=True
                )
            else:
                answer = self._client.get_log_events(
                    logGroupName=self._group,
                    logStreamName=self._stream,
                    startFromHead=True,
                    nextToken=self._token,
                )
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return [], False
            raise
        # At the end of the log CloudWatch returns the token that it was sent.
        has_more = bool(answer["events"]) and answer["nextForwardToken"] != self._token
        self._token = answer["nextForwardToken"]
        return [event["message"] for event in answer["events"]], has_more
