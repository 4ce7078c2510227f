"""Rehearses a sweep: the real workflow of sweeps on the virtual clock, with simulated trials."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_aws.metering.meter import meter_of
from embedded_aws.metering.usage import add_usage, mark, usage_since
from parris.aws.sweeps_table import SweepsTable
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.following.history import ExecutionEnd
from parris_cli.formatting import money
from parris_cli.rehearsal.orchestration import price_orchestration
from parris_cli.rehearsal.run_rehearsal import (
    REHEARSING,
    prepare_environment,
    virtual_deployment,
    without_data,
)
from parris_cli.rehearsal.simulation.simulate_machines import simulate_machines
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.sweeps.full_runs import CheckedRun, check_runs, history_of, run_arn
from parris_cli.rehearsal.sweeps.measure_run import job_options, measure_run
from parris_cli.rehearsal.sweeps.reduced_run import ReducedForm, RunFigures
from parris_cli.rehearsal.sweeps.simulate_sweep import simulate_sweep
from parris_cli.rehearsal.sweeps.watch_budget import BudgetPoint, BudgetWatch
from parris_cli.rehearsal.watch_end import watch_end
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.start_sweep import start_uploaded, upload_sweep
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from embedded_aws.metering.usage import Usage
    from parris.payloads import Payload
    from parris_cli.rehearsal.orchestration import Orchestration
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
    from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
    from parris_cli.rehearsal.sweeps.simulated_trials import SimulatedTrials
    from parris_cli.sweeps.sweep_files import SweepFiles
    from parris_cli.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class RehearsedSweep:
    """What a rehearsal of a sweep has shown.

    `record` is None if the sweep was rejected: `end` says why. `best_config` is that of the best
    trial. `engine_seconds` are this machine's.
    """

    end: ExecutionEnd
    record: Payload | None
    best_config: Payload | None
    budget: tuple[BudgetPoint, ...]
    checked: tuple[CheckedRun, ...]
    reduced_runs: int
    total_seconds: float
    orchestration: Orchestration
    engine_seconds: float


def run_sweep_rehearsal(
    options: SweepRehearsalOptions, files: SweepFiles, screen: Screen
) -> RehearsedSweep:
    """Rehearse a sweep in an embedded AWS of its own.

    Raises:
        RefusedError: when Parris could not be deployed into the embedded AWS.
    """
    with virtual_deployment(screen) as deployment:
        prepare_environment(
            deployment, job_options(files.training, options.longest), files.training, screen
        )
        form = measure_form(deployment, options, files, screen)
        return rehearse_sweep_once(deployment, options, files, form, "rehearsal-1", screen)


def measure_form(
    deployment: VirtualDeployment, options: SweepRehearsalOptions, files: SweepFiles, screen: Screen
) -> ReducedForm | None:
    """Return the reduced form of the runs, from two full ones; None if the training is rejected."""
    screen.say("single jobs, which show what a trial takes", REHEARSING, Style.PHASE)
    shortest = measure_run(deployment, files.training, options.shortest, screen)
    if shortest is None:
        return None
    longest = None
    if options.longest > options.shortest:
        longest = measure_run(deployment, files.training, options.longest, screen)
    screen.end_status()
    return ReducedForm(shortest, longest or shortest)


def rehearse_sweep_once(
    deployment: VirtualDeployment,
    options: SweepRehearsalOptions,
    files: SweepFiles,
    form: ReducedForm | None,
    sweep_id: str,
    screen: Screen,
) -> RehearsedSweep:
    """Run one sweep from its start to its end."""
    account, meter = deployment.account, meter_of(deployment.aws.context)
    trials = None if form is None else simulate_sweep(deployment, options, files, form)
    began, begin = time.monotonic(), mark(meter)
    execution, budget = _run(deployment, options, files, trials, sweep_id, screen)
    reader = SweepReader(account)
    record = reader.record(sweep_id)
    checked = () if trials is None else tuple(check_runs(account, trials.full))
    runs = [run_arn(account, one.training_job_name) for one in checked]
    histories = [history_of(account, arn) for arn in (execution["executionArn"], *runs)]
    usage = usage_since(meter, begin, histories)
    reduced = [] if trials is None else list(trials.reduced.values())
    if form is not None:
        usage = _with_reduced(usage, form, reduced)
    return RehearsedSweep(
        end=ExecutionEnd.from_description(execution),
        record=record,
        best_config=None if record is None else reader.best_config(sweep_id),
        budget=budget,
        checked=checked,
        reduced_runs=len(reduced),
        total_seconds=(execution["stopDate"] - execution["startDate"]).total_seconds(),
        orchestration=price_orchestration(usage),
        engine_seconds=time.monotonic() - began,
    )


def _run(
    deployment: VirtualDeployment,
    options: SweepRehearsalOptions,
    files: SweepFiles,
    trials: SimulatedTrials | None,
    sweep_id: str,
    screen: Screen,
) -> tuple[DescribeExecutionOutputTypeDef, tuple[BudgetPoint, ...]]:
    """Start the sweep, let time pass until its end, and return its execution and its budget."""
    context, account, clock = deployment.aws.context, deployment.account, deployment.clock
    trainings = {} if trials is None else trials.trainings
    longest = SimulatedTraining(options.longest.total_seconds(), of_jobs=trainings)
    simulate_machines(context, longest)
    context.settings = dataclasses.replace(context.settings, execution_stand_ins=trials)
    own = with_stand_in_image(account, without_data(files.training, account), screen)
    config_key = upload_sweep(account, dataclasses.replace(files, training=own), sweep_id)
    started = start_uploaded(account, sweep_id, config_key)
    screen.say(f"{sweep_id}, from {files.source}", "sweep")
    meter = meter_of(context)
    table = SweepsTable(account.client("dynamodb"), account.deployment.sweeps_table)
    watch = BudgetWatch(table, sweep_id, meter, clock)
    has_ended = watch_end(meter, started.execution_arn)

    def is_running() -> bool:
        watch.check()
        screen.show_status(_progress(watch, len(trainings)), time.monotonic())
        return not has_ended()

    clock.run_while(is_running)
    watch.note()
    screen.end_status()
    context.settings = dataclasses.replace(context.settings, execution_stand_ins=None)
    execution = account.stepfunctions.describe_execution(executionArn=started.execution_arn)
    return execution, tuple(watch.points)


def _progress(watch: BudgetWatch, runs: int) -> Progress:
    spent = money(f"{watch.points[-1].spent_usd:.4f}") if watch.points else "0"
    return Progress(REHEARSING, (Gauge(str(runs), unit="runs"), Gauge(spent, unit="USD")))


def _with_reduced(usage: Usage, form: ReducedForm, runs: list[RunFigures]) -> Usage:
    """Return the usage with that of the training workflow of each reduced run."""
    for reason in sorted({one.reason for one in runs}):
        count = sum(one.reason is reason for one in runs)
        usage = add_usage(usage, form.usage_of(reason), count)
    return usage
