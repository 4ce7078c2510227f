"""The script's log: live from CloudWatch Logs, and at the end what is missing there from log.txt.

The runner writes the same lines to both, in the same order, so that a count says which line of
log.txt comes next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.plain_text import plain_line

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_logs import CloudWatchLogsClient

# Of templates/runner/runner_lines.py: a longer line arrives in pieces.
PIECE_BYTES = 8192
_LONGEST_CHARACTER_BYTES = 4
# Of templates/runner/runner_cloudwatch.py and runner.py.
_SKIPPED = re.compile(r"parris: (\d{1,12}) lines? skipped; see log\.txt")
_LAST_LINE = "parris: saved "
# So many lines are shown once the job is over; a longer rest is a count.
_LONGEST_REST = 200


class TrainerLog:
    """The log of one job. `hidden_count` is how many of its lines were not shown.

    Args:
        client: CloudWatch Logs.
        group: its log group.
        stream: its stream.
        since: only the lines from then on; None for all.
    """

    def __init__(
        self, client: CloudWatchLogsClient, group: str, stream: str, since: datetime | None = None
    ) -> None:
        self._client = client
        self._request: dict[str, Any] = {"logGroupName": group, "logStreamName": stream}
        if since is not None:
            self._request["startTime"] = int(since.timestamp() * 1000)
        self._token: str | None = None
        self._passed_count = 0
        self._last = ""
        self.hidden_count = 0

    @property
    def is_whole(self) -> bool:
        """Return whether the last line that a runner logs has come."""
        return self._last.startswith(_LAST_LINE)

    def new_lines(self) -> list[str]:
        """Return the lines since the last call; none while there is no log yet."""
        lines: list[str] = []
        while True:
            fresh, has_more = self._next_page()
            # CloudWatch takes no empty message.
            lines += ["" if message == " " else message for message in fresh]
            if not has_more:
                self._count(lines)
                return lines

    def missed_lines(self, whole_log: bytes) -> list[str]:
        """Return the end of log.txt that has not come live, none of it where it is long.

        Lines that cannot be distinguished from shown ones are not shown again.
        """
        if self.is_whole or not whole_log:
            return []
        lines = whole_log.removesuffix(b"\n").split(b"\n")
        passed = 0
        index = 0
        while passed < self._passed_count and index < len(lines):
            passed += count_pieces(lines[index])
            index += 1
        is_known = index == 0 or self._is_last(lines[index - 1])
        rest = lines[index:]
        if not is_known or len(rest) > _LONGEST_REST:
            self.hidden_count += len(rest)
            return []
        return [line.removesuffix(b"\r").decode(errors="replace") for line in rest]

    def _count(self, lines: list[str]) -> None:
        for line in lines:
            skipped = _SKIPPED.fullmatch(line)
            count = int(skipped.group(1)) if skipped else 0
            self.hidden_count += count
            self._passed_count += count or 1
        if lines:
            self._last = lines[-1]

    def _is_last(self, line: bytes) -> bool:
        """Return whether a line of log.txt can be the last one that was passed."""
        if _SKIPPED.fullmatch(self._last):
            return True
        # Controls are replaced on the way, and a long line's last piece is its end.
        return _letters(line.decode(errors="replace")).endswith(_letters(self._last))

    def _next_page(self) -> tuple[list[str], bool]:
        try:
            token: dict[str, Any] = {} if self._token is None else {"nextToken": self._token}
            response = self._client.get_log_events(startFromHead=True, **self._request, **token)
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return [], False
            raise
        # At the end of the log CloudWatch returns the token that it was sent.
        has_more = bool(response["events"]) and response["nextForwardToken"] != self._token
        self._token = response["nextForwardToken"]
        return [event["message"] for event in response["events"]], has_more


def count_pieces(line: bytes) -> int:
    """Return how many events of the live log a line of log.txt is."""
    count, start = 1, 0
    while len(line) - start > PIECE_BYTES:
        whole = range(start + PIECE_BYTES, start + PIECE_BYTES - _LONGEST_CHARACTER_BYTES, -1)
        # Pieces are cut between characters, and anywhere in binary data.
        start = next((at for at in whole if line[at] & 0xC0 != 0x80), start + PIECE_BYTES)
        count += 1
    return count


def _letters(text: str) -> str:
    return "".join(char for char in plain_line(text) if char.isalnum())
