"""Measures one full run of a sweep's training, from which the reduced form of others is made."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import int_in, maybe_text_in, text_in
from parris.reasons import EndReason
from parris_cli.rehearsal.options import RehearseOptions
from parris_cli.rehearsal.run_rehearsal import rehearse_once
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.sweeps.reduced_run import MeasuredRun, RunFigures

if TYPE_CHECKING:
    from datetime import timedelta

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.terminal.screen import Screen


def measure_run(
    deployment: VirtualDeployment, files: JobFiles, takes: timedelta, screen: Screen
) -> MeasuredRun | None:
    """Rehearse one job; None if it launches nothing, because its config is rejected."""
    report = rehearse_once(deployment, job_options(files, takes), files, takes, screen)
    outcome = report.job.end.outcome
    if maybe_text_in(outcome, "estimated_cost_usd") is None or not outcome.get("started_at"):
        return None
    seconds = takes.total_seconds()
    return MeasuredRun(
        takes_seconds=seconds,
        save_seconds=SimulatedTraining(seconds).save_seconds,
        figures=figures_of_run(deployment.account, report.job.execution_arn, outcome),
        usage=report.orchestration.usage,
    )


def figures_of_run(account: Account, execution_arn: str, outcome: Payload) -> RunFigures:
    """Return what a full run took, by its execution and the outcome of its record."""
    execution = account.stepfunctions.describe_execution(executionArn=execution_arn)
    started_at = datetime.fromisoformat(text_in(outcome, "started_at"))
    return RunFigures(
        reason=EndReason(text_in(outcome, "reason")),
        launch_seconds=(started_at - execution["startDate"]).total_seconds(),
        runtime_seconds=int_in(outcome, "runtime_seconds"),
        total_seconds=(execution["stopDate"] - execution["startDate"]).total_seconds(),
        usd=Decimal(text_in(outcome, "estimated_cost_usd")),
    )


def job_options(files: JobFiles, takes: timedelta) -> RehearseOptions:
    """Return the options of a rehearsal of the sweep's training as a job of its own."""
    return RehearseOptions(
        source=files.source,
        shortest=takes,
        longest=takes,
        exit_code=0,
        faults=(),
        usd_per_hour=None,
        settings=(),
        is_json=False,
    )
