"""Rehearses a sweep: the real workflow of sweeps on the virtual clock, with simulated trials."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_aws.metering.meter import meter_of
from embedded_aws.metering.usage import add_usage, mark, usage_since
from parris.aws.bucket import Bucket
from parris.aws.sweeps_table import SweepsTable
from parris.folder import JobFolder
from parris.payloads import maybe_text_in, part_of, parts_in
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.following.history import ExecutionEnd
from parris_cli.rehearsal.orchestration import price_orchestration
from parris_cli.rehearsal.run_rehearsal import (
    REHEARSING,
    prepare_environment,
    virtual_deployment,
    without_data,
)
from parris_cli.rehearsal.simulation.simulate_machines import simulate_machines
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.sweeps.measure_run import figures_of_run, job_options, measure_run
from parris_cli.rehearsal.sweeps.objective import Objective, space_of
from parris_cli.rehearsal.sweeps.reduced_run import ReducedForm, RunFigures
from parris_cli.rehearsal.sweeps.simulated_trials import SimulatedTrials, spread
from parris_cli.rehearsal.sweeps.watch_budget import BudgetPoint, BudgetWatch
from parris_cli.rehearsal.watch_end import watch_end
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.start_sweep import start_uploaded, upload_sweep
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from embedded_aws.metering.usage import Usage
    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.rehearsal.orchestration import Orchestration
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
    from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
    from parris_cli.sweeps.sweep_files import SweepFiles
    from parris_cli.terminal.screen import Screen

_SHOWN_EACH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class CheckedRun:
    """A full run, as the reduced form has it and as it was."""

    training_job_name: str
    expected: RunFigures
    actual: RunFigures


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
    context, account, clock = deployment.aws.context, deployment.account, deployment.clock
    meter, began = meter_of(context), time.monotonic()
    table = SweepsTable(account.client("dynamodb"), account.deployment.sweeps_table)
    goal = part_of(files.config, "goal")
    trials = None
    if form is not None:
        trials = SimulatedTrials(
            account,
            clock,
            _objective(options, files, is_maximized=goal.get("direction") == "maximize"),
            maybe_text_in(goal, "metric"),
            form,
            _full_trials(table, sweep_id, options.full_trials),
        )
    training = SimulatedTraining(
        options.longest.total_seconds(), of_jobs={} if trials is None else trials.trainings
    )
    simulate_machines(context, training)
    context.settings = dataclasses.replace(context.settings, execution_stand_ins=trials)
    begin, started_at = mark(meter), clock.now()
    own = with_stand_in_image(account, without_data(files.training, account), screen)
    config_key = upload_sweep(account, dataclasses.replace(files, training=own), sweep_id)
    started = start_uploaded(account, sweep_id, config_key)
    has_ended = watch_end(meter, started.execution_arn)
    watch = BudgetWatch(table, sweep_id, meter, clock)
    screen.say(f"{sweep_id}, from {files.source}", "sweep")
    shown_at = 0.0

    def is_running() -> bool:
        nonlocal shown_at
        watch.check()
        if time.monotonic() - shown_at > _SHOWN_EACH_SECONDS:
            shown_at = time.monotonic()
            screen.show_status(_progress(watch, trials), shown_at)
        return not has_ended()

    clock.run_while(is_running)
    watch.note()
    screen.end_status()
    execution = account.stepfunctions.describe_execution(executionArn=started.execution_arn)
    reader = SweepReader(account)
    record = reader.record(sweep_id)
    checked = () if trials is None else tuple(_checked(account, trials))
    histories = [_history(account, started.execution_arn)]
    histories += [_history(account, _run_arn(account, one.training_job_name)) for one in checked]
    usage = usage_since(meter, begin, histories)
    reduced = {} if trials is None else trials.reduced
    if form is not None:
        usage = _with_reduced(usage, form, list(reduced.values()))
    context.settings = dataclasses.replace(context.settings, execution_stand_ins=None)
    return RehearsedSweep(
        end=ExecutionEnd.from_description(execution),
        record=record,
        best_config=None if record is None else reader.best_config(sweep_id),
        budget=tuple(watch.points),
        checked=checked,
        reduced_runs=len(reduced),
        total_seconds=(execution["stopDate"] - started_at).total_seconds(),
        orchestration=price_orchestration(usage),
        engine_seconds=time.monotonic() - began,
    )


def _objective(
    options: SweepRehearsalOptions, files: SweepFiles, *, is_maximized: bool
) -> Objective:
    listed: list[Payload] = list(parts_in(part_of(files.config, "search"), "trials"))
    if files.trials is not None:
        listed = json.loads(files.trials.read_bytes())
    return Objective(
        kind=options.objective,
        space=space_of(part_of(files.config, "parameters"), listed),
        shortest=options.shortest,
        longest=options.longest,
        noise=options.noise,
        failing_share=options.failing_share,
        seed=options.seed,
        is_maximized=is_maximized,
    )


def _full_trials(table: SweepsTable, sweep_id: str, count: int) -> Callable[[], frozenset[int]]:
    """Return what returns the full trials: how many there are is known once the sweep has begun."""
    found: list[frozenset[int]] = []

    def full_trials() -> frozenset[int]:
        if not found:
            sweep = table.find(sweep_id)
            found.append(spread(count, 0 if sweep is None else sweep.trials))
        return found[0]

    return full_trials


def _progress(watch: BudgetWatch, trials: SimulatedTrials | None) -> Progress:
    runs = 0 if trials is None else len(trials.trainings)
    spent = watch.points[-1].spent_usd if watch.points else 0
    return Progress(REHEARSING, (Gauge(f"{runs}", unit="runs"), Gauge(f"{spent}", unit="USD")))


def _checked(account: Account, trials: SimulatedTrials) -> Iterator[CheckedRun]:
    bucket = Bucket(account.s3, account.deployment.bucket)
    for name, expected in trials.full.items():
        # The execution of a run has the name of its job.
        record = bucket.read_json(JobFolder(bucket.name, name, name).record_key) or {}
        outcome = part_of(record, "outcome")
        if outcome.get("started_at"):
            actual = figures_of_run(account, _run_arn(account, name), outcome)
            yield CheckedRun(name, expected, actual)


def _run_arn(account: Account, name: str) -> str:
    machine_arn = account.deployment.state_machine_arn
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def _history(account: Account, execution_arn: str) -> list[dict[str, object]]:
    pages = account.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn, PaginationConfig={"PageSize": 1000}
    )
    return [dict(event) for page in pages for event in page["events"]]


def _with_reduced(usage: Usage, form: ReducedForm, runs: list[RunFigures]) -> Usage:
    """Return the usage with that of the training workflow of each reduced run."""
    for reason in sorted({one.reason for one in runs}):
        count = sum(one.reason is reason for one in runs)
        usage = add_usage(usage, form.usage_of(reason), count)
    return usage
