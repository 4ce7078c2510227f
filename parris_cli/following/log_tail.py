"""The last lines of a running job's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris_cli.following.service_log import ServiceLog, place_of_log

if TYPE_CHECKING:
    from parris.job import Job
    from parris_cli.account.clients import Account


def last_lines(account: Account, job: Job, machine_id: str | None, most: int) -> list[str]:
    """Return the last lines of the log of the job's current machine.

    Raises:
        ClientError: when it may not be read.
    """
    group, stream = account.deployment.log_group, job.log_stream
    place = None if machine_id is None else place_of_log(account, job, machine_id)
    if place is not None:
        names = ServiceLog(account.logs, place).stream_names()
        if not names:
            return []
        group, stream = place.group, names[-1]
    try:
        events = account.logs.get_log_events(
            logGroupName=group, logStreamName=stream, limit=most, startFromHead=False
        )["events"]
    except ClientError as err:
        if code_of(err) == "ResourceNotFoundException":
            return []  # nothing was logged yet
        raise
    return [event["message"].rstrip() for event in events]
