"""Writes the log that a target's service has in CloudWatch Logs to a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from parris_cli.following.service_log import host_of

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_logs import CloudWatchLogsClient

    from parris.resource import LogPlace


def write_service_log(client: CloudWatchLogsClient, place: LogPlace, path: Path) -> None:
    """Write all lines in order of time, with their host if there are several.

    Args:
        client: CloudWatch Logs.
        place: the log.
        path: the file, which is replaced once everything is there.

    Raises:
        ClientError: when the log cannot be read.
    """
    names = [
        one["logStreamName"]
        for page in client.get_paginator("describe_log_streams").paginate(
            logGroupName=place.group, logStreamNamePrefix=place.stream_prefix
        )
        for one in page["logStreams"]
    ]
    has_several_hosts = len({host_of(name) for name in names}) > 1
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        for page in client.get_paginator("filter_log_events").paginate(
            logGroupName=place.group, logStreamNamePrefix=place.stream_prefix
        ):
            for event in page["events"]:
                start = f"{host_of(event['logStreamName'])}: " if has_several_hosts else ""
                file.write(f"{start}{event['message']}\n")
    os.replace(part, path)
