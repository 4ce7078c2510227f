"""Reads what runs now: the running executions, and the newest state of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.payloads import Payload, part_of
from parris_cli.aws_errors import is_denied
from parris_cli.following.history import read_output
from parris_cli.runs.run import Run
from parris_cli.stopping.find_running import running_executions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient

    from parris_cli.account.clients import Account

# A sleep has a handful of events; the state that went to sleep is among the newest.
_EVENTS = 20
# GetExecutionHistory shares its quota with everything else in the account.
_AT_ONCE = 8


def read_running(account: Account, now: datetime, note: Callable[[str], None]) -> list[Run]:
    """Return the runs that are running.

    Args:
        account: their deployment.
        now: the time up to which time and cost are counted.
        note: called with what is not shown, and why.
    """
    executions = running_executions(account)
    if not executions:
        return []
    account.stepfunctions  # noqa: B018  # made here: several threads would make one each
    with ThreadPoolExecutor(min(_AT_ONCE, len(executions))) as threads:
        states = list(
            threads.map(lambda one: _state_of(account, one["executionArn"], note), executions)
        )
    return [
        Run.from_state(one["name"], one["executionArn"], one["startDate"], state, now)
        for one, state in zip(executions, states, strict=True)
    ]


def newest_state(client: SFNClient, execution_arn: str) -> Payload:
    """Return `$` of a run as its newest events show it; empty before it has a job."""
    page = client.get_execution_history(
        executionArn=execution_arn,
        reverseOrder=True,
        maxResults=_EVENTS,
        includeExecutionData=True,
    )
    for event in page["events"]:
        exited = event.get("stateExitedEventDetails", {})
        entered = event.get("stateEnteredEventDetails", {})
        state = read_output(entered.get("input") or exited.get("output"))
        if part_of(state, "job"):
            return state
    return {}


def _state_of(account: Account, execution_arn: str, note: Callable[[str], None]) -> Payload:
    try:
        return newest_state(account.stepfunctions, execution_arn)
    except ClientError as err:
        if not is_denied(err):
            raise
        note("what runs is shown by its id only: its history may not be read")
        return {}
