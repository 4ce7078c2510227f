"""Finds a running run by a job's name, a job id or an execution ARN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris_cli.errors import RefusedError
from parris_cli.job_names import possible_names
from parris_cli.starting.start_job import StartedJob, id_prefix
from parris_cli.stopping.request_stop import request_stop_by_name

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions.type_defs import (
        DescribeExecutionOutputTypeDef,
        ExecutionListItemTypeDef,
    )

    from parris_cli.account.clients import Account

_ID_END = r"-\d{8}t\d{6}-[0-9a-f]{4}"
_NOT_THERE = ("ExecutionDoesNotExist", "InvalidArn")


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A running run.

    `is_stop_requested` is whether finding it has already requested its stop. `others` are the ids
    of runs of the same name that wait for it, or will be refused because of it.
    """

    started: StartedJob
    is_stop_requested: bool
    others: tuple[str, ...] = ()


def find_and_request_stop(account: Account, job: str, now: datetime) -> FoundRun:
    """Find a running run, and request its stop if the wake function is what finds it.

    Args:
        account: the deployment in which it runs.
        job: an ARN, a job id, a job's name or its stack's, tried in this order.
        now: when the stop is requested.

    Raises:
        RefusedError: when there is no such run, several, or one that has already ended.
        AwsUnavailableError: when the wake function failed.
    """
    names = possible_names(job)
    machine_arn = account.deployment.state_machine_arn
    executions = machine_arn.replace(":stateMachine:", ":execution:")
    if names[0].startswith("arn:") and not job.startswith(f"{executions}:"):
        raise RefusedError(f"{job} is not a run of {machine_arn}; pass its --deployment")
    found = _describe(account, f"{executions}:{names[0].removeprefix(f'{executions}:')}")
    if found is not None:
        _refuse_if_over(found["name"], found)
        return FoundRun(_started(found), is_stop_requested=False)
    for name in names:
        holder_arn = request_stop_by_name(account, name, now)
        holder = None if holder_arn is None else _describe(account, holder_arn)
        # A name is held beyond the end of its run until the cleanup has released it.
        if holder is not None and holder["status"] == "RUNNING":
            return FoundRun(_started(holder), True, _others_of(account, name, holder["name"]))
    return FoundRun(_started(_the_only_beginner(account, names)), is_stop_requested=False)


def describe_run(account: Account, execution_arn: str) -> StartedJob | None:
    """Return a run, running or ended; None if Step Functions does not know it."""
    found = _describe(account, execution_arn)
    return None if found is None else _started(found)


def ids_begin_with(name: str, job_id: str) -> bool:
    """Return whether an id is one that was made here for a run of that name."""
    return _pattern(name).fullmatch(job_id) is not None


def running_executions(account: Account) -> list[ExecutionListItemTypeDef]:
    """Return the deployment's running executions."""
    pages = account.stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=account.deployment.state_machine_arn, statusFilter="RUNNING"
    )
    return [one for page in pages for one in page["executions"]]


def _others_of(account: Account, name: str, holder_id: str) -> tuple[str, ...]:
    try:
        ids = [one["name"] for one in running_executions(account)]
    except ClientError:
        return ()  # the stop is requested, and must be reported
    return tuple(one for one in ids if one != holder_id and _pattern(name).fullmatch(one))


def _the_only_beginner(account: Account, names: list[str]) -> ExecutionListItemTypeDef:
    """Return the run of that name that does not hold it yet, identified by its id.

    Args:
        account: the deployment in which it runs.
        names: the names that the job may have; errors say the first.
    """
    running = running_executions(account)
    for name in names:
        found = [one for one in running if ids_begin_with(name, one["name"])]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one["name"] for one in found)
            raise RefusedError(f"several runs of {name} are starting; pass a job id: {ids}")
    else_ = _what_else(account, _pattern(names[0]), running)
    raise RefusedError(f"no job named {names[0]} is running{else_}")


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(id_prefix(name)) + _ID_END)


def _what_else(
    account: Account, pattern: re.Pattern[str], running: list[ExecutionListItemTypeDef]
) -> str:
    """Describe how its last run ended, or which jobs are running instead."""
    newest = account.stepfunctions.list_executions(
        stateMachineArn=account.deployment.state_machine_arn, maxResults=100
    )["executions"]
    for one in newest:
        if pattern.fullmatch(one["name"]):
            return f"; its last run, {one['name']}, has ended: {one['status']}"
    if not running:
        return ", nor any other"
    return "; running jobs: " + ", ".join(one["name"] for one in running)


def _refuse_if_over(job: str, execution: DescribeExecutionOutputTypeDef) -> None:
    status = execution["status"]
    if status != "RUNNING":
        why = execution.get("error") or status
        at = f" at {execution['stopDate']:%Y-%m-%d %H:%M:%S %Z}" if "stopDate" in execution else ""
        raise RefusedError(f"{job} has already finished: {why}{at}")


def _describe(account: Account, execution_arn: str) -> DescribeExecutionOutputTypeDef | None:
    try:
        return account.stepfunctions.describe_execution(executionArn=execution_arn)
    except ClientError as err:
        if code_of(err) in _NOT_THERE:
            return None
        raise


def _started(found: DescribeExecutionOutputTypeDef | ExecutionListItemTypeDef) -> StartedJob:
    return StartedJob(found["name"], found["executionArn"], found["startDate"])
