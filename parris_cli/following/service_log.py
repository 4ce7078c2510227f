"""The log of a machine without a runner: the streams that its target's service writes.

A machine has one stream for each host, and a new one after an interruption. The service writes no
file with the whole log, so what does not come live is in CloudWatch Logs only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris_cli.following.trainer_log import TrainerLog

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_logs import CloudWatchLogsClient

    from parris.job import Job
    from parris.resource import LogPlace
    from parris_cli.account.clients import Account


class ServiceLog:
    """The log of one machine. `hidden_count` is how many of its lines were not shown."""

    is_whole = True
    hidden_count = 0

    def __init__(
        self, client: CloudWatchLogsClient, place: LogPlace, since: datetime | None = None
    ) -> None:
        self._client = client
        self._place = place
        self._since = since
        self._streams: dict[str, TrainerLog] = {}

    def new_lines(self) -> list[str]:
        """Return the lines since the last call, with their host if there are several."""
        for name in self.stream_names():
            if name not in self._streams:
                self._streams[name] = TrainerLog(self._client, self._place.group, name, self._since)
        hosts = {host_of(name) for name in self._streams}
        lines = []
        for name, stream in self._streams.items():
            start = f"{host_of(name)}: " if len(hosts) > 1 else ""
            lines += [f"{start}{line}" for line in stream.new_lines()]
        return lines

    def missed_lines(self, whole_log: bytes) -> list[str]:
        """Return none: there is no file to read them from."""
        return []

    def stream_names(self) -> list[str]:
        """Return the streams that there are so far."""
        pages = self._client.get_paginator("describe_log_streams").paginate(
            logGroupName=self._place.group, logStreamNamePrefix=self._place.stream_prefix
        )
        try:
            return [one["logStreamName"] for page in pages for one in page["logStreams"]]
        except ClientError as err:
            if code_of(err) == "ResourceNotFoundException":
                return []  # the service makes the group for the first line
            raise


def host_of(stream: str) -> str:
    """Return the host in the name of a stream, `algo-1` in `<machine>/algo-1-1700000000`."""
    # The time at the end differs after an interruption.
    return stream.rpartition("/")[2].rpartition("-")[0]


def place_of_log(account: Account, job: Job, machine_id: str) -> LogPlace | None:
    """Return where the service of the job's target writes the log of a machine.

    Returns:
        None where a runner of ours writes it.
    """
    from parris.aws.gateways import Gateways
    from parris.targets.registry import choose_target

    settings = account.settings(job.execution_arn)
    target = choose_target(job.target, Gateways(settings, account), settings)
    return next(iter(target.describe(job, [machine_id]).logs), None)
