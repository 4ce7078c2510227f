"""Reads the runs of a deployment: those that are running, and those that have ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris_cli.aws_errors import describe_error, is_denied
from parris_cli.runs.index import RunIndexReader
from parris_cli.runs.run import Run
from parris_cli.runs.running import read_running
from parris_cli.starting.starter import starter_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.runs.query import Query

_NEWEST_EXECUTIONS = 100
_MOST_DESCRIBED = 20


def read_runs(
    account: Account, query: Query, now: datetime, *, is_mine: bool = False
) -> tuple[list[Run], list[str]]:
    """Return the runs of a deployment in the order of the query, and notes on what is not shown.

    Args:
        account: the deployment.
        query: which runs, and in which order.
        now: the time up to which a running run is counted.
        is_mine: whether the owner is who asks.
    """
    if is_mine:
        query = replace(query, owner=starter_of(account))
    notes: dict[str, None] = {}  # a note of each run is shown once

    def note(text: str) -> None:
        notes[text] = None

    running = read_running(account, now, note)
    ended: list[Run] = []
    if not query.is_running_only:
        ended = _read_ended(account, query, {run.job_id for run in running}, note)
    runs = query.sorted(run for run in (*running, *ended) if query.accepts(run))
    return runs, list(notes)


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
    # With older records left out, no older execution is looked for either.
    submitted = [run.submitted_at for run in found.values() if run.submitted_at is not None]
    since = min(submitted, default=None) if is_cut else None
    ended = [*found.values(), *_unrecorded(account, query, {*found, *running}, since)]
    if query.most is not None and (is_cut or len(ended) > query.most):
        note(f"only the latest {query.most} that have ended are shown; --all shows all")
        ended = replace(query, order="started").sorted(ended)[: query.most]
    return ended


def _unrecorded(
    account: Account, query: Query, known: set[str], since: datetime | None
) -> list[Run]:
    """Return newest executions that have no record: rejected configs, and what ended just now.

    Args:
        account: the deployment.
        query: which runs.
        known: the ids of other runs.
        since: only what was started then or later; None for all.
    """
    if query.owner is not None:
        return []  # only a record says whose it was
    listed = account.stepfunctions.list_executions(
        stateMachineArn=account.deployment.state_machine_arn, maxResults=_NEWEST_EXECUTIONS
    )["executions"]
    left = [
        one
        for one in listed
        if one["status"] != "RUNNING"
        and one["name"] not in known
        and (since is None or one["startDate"] >= since)
    ]
    index = RunIndexReader(account)
    # An index may be a little behind, and the query may have left out what it knows.
    unknown = [one for one in left[:_MOST_DESCRIBED] if index.find(one["name"]) is None]
    described = (
        account.stepfunctions.describe_execution(executionArn=one["executionArn"])
        for one in unknown
    )
    return [run for one in described if query.accepts(run := Run.without_record(one))]
