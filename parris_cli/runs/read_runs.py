"""Reads the runs of a deployment: those that are running, and those that have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris_cli.aws_errors import describe_error, is_denied
from parris_cli.runs.index import RunIndexReader
from parris_cli.runs.run import Run
from parris_cli.runs.running import read_running
from parris_cli.starting.start_job import name_in_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

    from parris_cli.account.clients import Account
    from parris_cli.runs.query import Query

_NEWEST_EXECUTIONS = 100
_MOST_DESCRIBED = 20


def read_runs(
    account: Account, query: Query, now: datetime, note: Callable[[str], None]
) -> list[Run]:
    """Return the runs that are asked for, in the order that is asked for.

    Args:
        account: their deployment.
        query: which runs, and in which order.
        now: the time up to which a running run is counted.
        note: called with what is not shown, and why.
    """
    running = read_running(account, now, note)
    ended: list[Run] = []
    if not query.is_running_only:
        ended = _read_ended(account, query, {run.job_id for run in running}, note)
    return query.sorted(run for run in (*running, *ended) if query.accepts(run))


def _read_ended(
    account: Account, query: Query, running: set[str], note: Callable[[str], None]
) -> list[Run]:
    found: dict[str, Run] = {}
    is_cut = False
    try:
        for run in RunIndexReader(account).newest(query.owner, query.since):
            if run.job_id not in running and query.accepts(run):
                if query.most is not None and len(found) >= query.most:
                    is_cut = True
                    break
                found[run.job_id] = run
    except ClientError as err:
        if not is_denied(err):
            raise
        note(f"what has ended is not shown: {describe_error(err)}")
        return []
    if is_cut:
        note(f"only the latest {query.most} that have ended are shown; --all shows all")
        return list(found.values())
    return [*found.values(), *_unrecorded(account, query, {*found, *running})]


def _unrecorded(account: Account, query: Query, known: set[str]) -> list[Run]:
    """Return newest executions that have no record: rejected configs, and what ended just now."""
    if query.owner is not None:
        return []  # only a record says whose it was
    listed = account.stepfunctions.list_executions(
        stateMachineArn=account.deployment.state_machine_arn, maxResults=_NEWEST_EXECUTIONS
    )["executions"]
    left = [one for one in listed if one["status"] != "RUNNING" and one["name"] not in known]
    index = RunIndexReader(account)
    # An index may be a little behind, and the query may have left out what it knows.
    unknown = [one for one in left[:_MOST_DESCRIBED] if index.find(one["name"]) is None]
    return [run for one in unknown if query.accepts(run := _without_record(account, one))]


def _without_record(account: Account, one: ExecutionListItemTypeDef) -> Run:
    described = account.stepfunctions.describe_execution(executionArn=one["executionArn"])
    return Run(
        job_id=one["name"],
        execution_arn=one["executionArn"],
        name=name_in_id(one["name"]) or one["name"],
        state=described.get("error") or one["status"],
        is_running=False,
        submitted_at=one["startDate"],
        ended_at=one.get("stopDate"),
    )
