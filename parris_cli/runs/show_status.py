"""`parris status`: one run in full, or what runs now."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris.timestamps import format_timestamp
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.local_runs.find_local import find_local_run, local_runs, wants_local_runs
from parris_cli.local_runs.local_status import status_of_local
from parris_cli.reports.next_steps import next_steps
from parris_cli.reports.print_read import Found, print_read
from parris_cli.runs.list_runs import ListOptions, found_runs, list_runs_on
from parris_cli.runs.one_run import read_one_run
from parris_cli.runs.query import Query
from parris_cli.runs.status_lines import status_lines
from parris_cli.terminal.capabilities import capabilities_of

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.local_runs.local_run import LocalRun
    from parris_cli.reports.next_steps import NextSteps
    from parris_cli.runs.one_run import OneRun


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """Options of `parris status`. `job` is None for all that is running.

    `deployment` is None for the only one in the account.
    """

    job: str | None
    deployment: str | None
    is_json: bool
    is_embedded: bool = False


def show_status(options: StatusOptions) -> int:
    """Print how a job stands, or what is running, and return the command's exit code."""

    def read() -> Found:
        local = _local(options)
        if local is not None:
            return local
        named = options.deployment or find_deployment(options.job or "")
        return show_status_on(real_account(named, Use.REACH), options, datetime.now(UTC))

    return print_read(read, is_json=options.is_json)


def show_status_on(account: Account, options: StatusOptions, now: datetime) -> Found:
    """Return what `parris status` prints about a deployment.

    Raises:
        RefusedError: when there is no such job.
    """
    if options.job is None:
        running = Query(is_running_only=True)
        return list_runs_on(account, ListOptions(running, options.deployment, options.is_json), now)
    one = read_one_run(account, options.job, now)
    steps = next_steps(one.run.job_id, options.deployment, None, is_running=one.run.is_running)
    return _found(one, steps, now)


def _local(options: StatusOptions) -> Found | None:
    """Return what is known of jobs of this machine, None if those of an account are meant."""
    now = datetime.now(UTC)
    if options.job is None:
        if not wants_local_runs(options.deployment, is_embedded=options.is_embedded):
            return None
        runs, notes = local_runs(Query(is_running_only=True))
        return found_runs(None, runs, notes, now, is_running_only=True)
    local = find_local_run(options.job, options.deployment, is_embedded=options.is_embedded)
    if local is None:
        return None
    return _found_local(local)


def print_local_status(local: LocalRun, *, is_json: bool) -> int:
    """Print how a job of this machine stands, and return the command's exit code."""
    return print_read(lambda: _found_local(local), is_json=is_json)


def local_status_to_json(local: LocalRun) -> Payload:
    """Return how a job of this machine stands, for programs."""
    return _found_local(local).value


def _found_local(local: LocalRun) -> Found:
    return _found(status_of_local(local), local.steps, datetime.now(UTC))


def _found(one: OneRun, steps: NextSteps, now: datetime) -> Found:
    lines = status_lines(one, now, capabilities_of(sys.stdout), steps)
    return Found(_to_json(one, steps), lines)


def _to_json(one: OneRun, steps: NextSteps) -> Payload:
    check_at = one.next_check_at
    return {
        **one.run.to_json(),
        "cause": one.cause,
        "path": [begun.to_json() for begun in one.path],
        "attempt": one.attempt,
        "max_attempts": one.max_attempts,
        "next_check_at": None if check_at is None else format_timestamp(check_at),
        "log": list(one.log),
        "outcome": one.outcome or None,
        "next": steps.to_json(),
        "notes": list(one.notes),
    }
