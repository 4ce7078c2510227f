"""Reads what a run that has ended leaves: its history, its job, the trainer's log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.job import Job
from parris.payloads import maybe_text_in, part_of
from parris_cli.following.history import read_output
from parris_cli.following.service_log import ServiceLog, place_of_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

    from parris_cli.account.clients import Account
    from parris_cli.starting.start_job import StartedJob

_PAGE_EVENTS = 1000
_MS_PER_SECOND = 1000


def read_history(account: Account, started: StartedJob) -> list[HistoryEventTypeDef]:
    """Return all events of the execution, oldest first."""
    pages = account.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=started.execution_arn,
        includeExecutionData=True,
        PaginationConfig={"PageSize": _PAGE_EVENTS},
    )
    return [event for page in pages for event in page["events"]]


def find_job(history: Iterable[HistoryEventTypeDef]) -> Job | None:
    """Return the job from the last state that had one, None if the config had violations."""
    found = None
    for event in history:
        text = event.get("stateExitedEventDetails", {}).get("output")
        output = json.loads(text) if text else {}
        if isinstance(output, dict) and part_of(output, "job"):
            found = Job.from_payload(part_of(output, "job"))
    return found


def find_machine_ids(history: Iterable[HistoryEventTypeDef]) -> list[str]:
    """Return the machines of all attempts, oldest first."""
    found: dict[str, None] = {}
    for event in history:
        output = read_output(event.get("stateExitedEventDetails", {}).get("output"))
        machine_id = maybe_text_in(part_of(output, "run"), "machine_id")
        if machine_id is not None:
            found[machine_id] = None
    return list(found)


def read_log(
    account: Account, job: Job | None, machine_ids: Iterable[str]
) -> list[tuple[datetime, str]]:
    """Return the lines of the trainer's log with their timestamps; none if nothing trained.

    Args:
        account: the account that the job ran in.
        job: the job.
        machine_ids: its machines, whose service may keep their logs.
    """
    if job is None:
        return []
    streams = [(account.deployment.log_group, f"{job.training_job_name}/{job.job_id}")]
    for machine_id in machine_ids:
        place = place_of_log(account, job, machine_id)
        if place is not None:
            names = ServiceLog(account.logs, place).stream_names()
            streams += [(place.group, name) for name in names]
    lines = [line for group, name in streams for line in _read_stream(account, group, name)]
    return sorted(lines, key=lambda line: line[0])


def _read_stream(account: Account, group: str, name: str) -> list[tuple[datetime, str]]:
    try:
        response = account.logs.get_log_events(
            logGroupName=group, logStreamName=name, startFromHead=True
        )
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return []
        raise
    return [
        (datetime.fromtimestamp(event["timestamp"] / _MS_PER_SECOND, UTC), event["message"])
        for event in response["events"]
    ]
