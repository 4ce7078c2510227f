"""Remembers a job of `parris run --embedded`: its AWS ends with the command."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris.timestamps import format_timestamp
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.local_runs.keep import Keeper
from parris_cli.local_runs.local_run import INTERRUPTED, LocalRun, write_local_run
from parris_cli.local_runs.reach import reachable
from parris_cli.reports.reporter import default_folder
from parris_cli.runs.index import RunIndexReader
from parris_cli.starting.starter import starter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Json
    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.starting.job_options import JobOptions
    from parris_cli.starting.run_job import RunOptions
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.screen import Screen


@contextmanager
def remembered(
    account: Account, started: StartedJob, files: JobFiles, options: RunOptions, screen: Screen
) -> Iterator[None]:
    """Write a job into the history before it runs in the block, and how it ended after that.

    Args:
        account: the embedded AWS.
        started: the job.
        files: its config and script.
        options: what the command line said.
        screen: shows that it cannot be written.
    """
    run = LocalRun(
        job_id=started.job_id,
        entry={
            "job_id": started.job_id,
            "execution_arn": started.execution_arn,
            "owner": starter_of(account),
            "submitted_at": format_timestamp(started.started_at),
            "training_job_name": files.training_job_name or started.job_id,
        },
        results=(options.results or default_folder(started.job_id)).absolute(),
        source="" if options.source is None else str(options.source.absolute()),
        settings=options.settings,
        job=_options_of(options.job),
        process_id=os.getpid(),
    )
    with reachable(account) as port:
        run = replace(run, port=port)
        try:
            write_local_run(run)
        except OSError as err:
            screen.warn(f"this job will not be in `parris list`: {err.strerror or err}")
            yield
            return
        keeper = Keeper(account, started, run)
        try:
            with keeper:
                yield
        finally:
            _write_end(account, keeper.run, screen)


def _write_end(account: Account, run: LocalRun, screen: Screen) -> None:
    try:
        write_local_run(_ended(account, run))
    except OSError as err:
        screen.warn(f"how it ended is not remembered: {err.strerror or err}")


def _ended(account: Account, run: LocalRun) -> LocalRun:
    """Return a job with how it ended, as far as the embedded AWS knows it."""
    try:
        entry = RunIndexReader(account).entry(run.job_id)
        arn = str(run.entry["execution_arn"])
        execution = account.stepfunctions.describe_execution(executionArn=arn)
    except AWS_ERRORS:
        return replace(run, entry={**run.entry, "reason": INTERRUPTED})
    reason = INTERRUPTED if execution["status"] == "RUNNING" else execution.get("error")
    entry = entry or {**run.entry, "reason": reason or execution["status"]}
    return replace(run, entry=entry, cause=execution.get("cause") or "")


def _options_of(options: JobOptions) -> Payload:
    types: list[Json] = list(options.instance_types)
    usd = options.cost_limit_usd
    return {
        "instance_types": types,
        "time_limit": options.time_limit,
        "cost_limit_usd": None if usd is None else str(usd),
    }
