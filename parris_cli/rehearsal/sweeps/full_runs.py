"""The runs of a rehearsed sweep that were the whole training workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parris.aws.bucket import Bucket
from parris.folder import JobFolder
from parris.payloads import part_of
from parris_cli.rehearsal.sweeps.measure_run import figures_of_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parris_cli.account.clients import Account
    from parris_cli.rehearsal.sweeps.reduced_run import RunFigures

_PAGE_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class CheckedRun:
    """A full run, as the reduced form has it and as it was."""

    training_job_name: str
    expected: RunFigures
    actual: RunFigures


def check_runs(account: Account, expected: Mapping[str, RunFigures]) -> Iterator[CheckedRun]:
    """Yield each full run that has launched something.

    Args:
        account: where they ran.
        expected: what they take according to the reduced form, by the names of their jobs.
    """
    bucket = Bucket(account.s3, account.deployment.bucket)
    for name, figures in expected.items():
        # The execution of a run has the name of its job.
        record = bucket.read_json(JobFolder(bucket.name, name, name).record_key) or {}
        outcome = part_of(record, "outcome")
        if outcome.get("started_at"):
            actual = figures_of_run(account, run_arn(account, name), outcome)
            yield CheckedRun(name, figures, actual)


def run_arn(account: Account, training_job_name: str) -> str:
    """Return the execution of a run."""
    machine_arn = account.deployment.state_machine_arn
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{training_job_name}"


def history_of(account: Account, execution_arn: str) -> list[Mapping[str, Any]]:
    """Return all events of an execution, without their data."""
    pages = account.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn,
        includeExecutionData=False,
        PaginationConfig={"PageSize": _PAGE_EVENTS},
    )
    return [event for page in pages for event in page["events"]]
