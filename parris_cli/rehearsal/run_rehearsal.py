"""Rehearsals: an embedded AWS on a virtual clock, one job from its submission to its end."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.arm_faults import arm
from embedded_aws.batch_compute.fleet import fleet
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.fault import Fault, FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.metering.meter import meter_of
from embedded_aws.metering.usage import mark, usage_since
from embedded_aws.training_delays import TrainingDelays
from parris_cli.account.connect import embedded_deployment
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.deployment.environments import COMPUTE_TYPE
from parris_cli.following.history import ExecutionEnd
from parris_cli.rehearsal.durations import short
from parris_cli.rehearsal.options import FAULT_KINDS, SCRIPT_HANGS, SPOT_INTERRUPTION
from parris_cli.rehearsal.orchestration import price_orchestration
from parris_cli.rehearsal.read_run import (
    find_job,
    find_machine_ids,
    read_history,
    read_log,
)
from parris_cli.rehearsal.reaper_hours import run_reaper_when_needed
from parris_cli.rehearsal.report import RehearsalReport
from parris_cli.rehearsal.simulation.simulate_machines import simulate_machines
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.timeline import make_timeline
from parris_cli.rehearsal.watch_end import watch_end
from parris_cli.reports.job_end import read_end
from parris_cli.reports.leftovers import find_leftovers
from parris_cli.reports.limits import limit_uses
from parris_cli.reports.report import Report
from parris_cli.starting.start_job import start_job
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from parris_cli.account.clients import Account
    from parris_cli.rehearsal.options import FaultOption, RehearseOptions
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.screen import Screen

# Typical for a stack with one instance, rather too long than too short.
STACK_CREATE_SECONDS, STACK_DELETE_SECONDS = 90.0, 600.0
# Typical for a training job with an image of a few gigabytes; AWS documents no figures.
TRAINING_DELAYS = TrainingDelays(start=120, capacity=600, download=60, upload=30, restart=300)
# Typical for a job of Batch on a new instance; AWS documents no figures.
BATCH_DELAYS = BatchDelays(
    submitted=5, instance=150, start=60, idle=300, list_lag=0, environment=30
)
# What the template of an environment calls spot.
_SPOT_ENVIRONMENT = {COMPUTE_TYPE: "SPOT"}

REHEARSING = "rehearsing"


@dataclass(frozen=True, slots=True)
class VirtualDeployment:
    """Parris on an embedded AWS, and the clock that drives it."""

    aws: EmbeddedAws
    account: Account
    clock: VirtualClock


def run_rehearsals(
    options: RehearseOptions, files: JobFiles, screen: Screen
) -> list[RehearsalReport]:
    """Rehearse a job once for each duration of its training, and return the reports.

    Raises:
        RefusedError: when Parris could not be deployed into the embedded AWS.
    """
    reports = []
    # A fault that one rehearsal ended too early for must not affect the next one.
    groups = [(length,) for length in options.lengths] if options.faults else [options.lengths]
    for lengths in groups:
        with virtual_deployment(screen) as deployment:
            prepare_environment(deployment, options, files, screen)
            for length in lengths:
                what = f"{files.shown_source} with a training of {short(length)}"
                screen.say(what, REHEARSING, Style.PHASE)
                report = rehearse_once(deployment, options, files, length, screen)
                reports.append(report)
                screen.end_status()
    return reports


@contextmanager
def virtual_deployment(
    screen: Screen,
    stack_create_seconds: float = STACK_CREATE_SECONDS,
    stack_delete_seconds: float = STACK_DELETE_SECONDS,
) -> Iterator[VirtualDeployment]:
    """Deploy Parris into an embedded AWS with a virtual clock; it shuts down after the block.

    Args:
        screen: shows the progress.
        stack_create_seconds: how long creating a stack takes, in virtual time.
        stack_delete_seconds: how long deleting a stack takes, in virtual time.

    Raises:
        RefusedError: when the template cannot be built or deployed.
    """
    # Whole seconds, because services round their timestamps to milliseconds.
    clock = VirtualClock(datetime.now(UTC).replace(microsecond=0))
    settings = Settings(
        stack_create_seconds=stack_create_seconds,
        stack_delete_seconds=stack_delete_seconds,
        batch_delays=BATCH_DELAYS,
    )
    with embedded_deployment(screen, settings, clock) as (aws, account):
        yield VirtualDeployment(aws, account, clock)


def prepare_environment(
    deployment: VirtualDeployment,
    options: RehearseOptions,
    files: JobFiles,
    screen: Screen | None = None,
) -> None:
    """Deploy what jobs of the target run in, on spot machines if one is to be interrupted.

    Raises:
        RefusedError: when it cannot be deployed.
    """
    # A server sets itself up in the time of the rehearsal.
    simulate_machines(deployment.aws.context, SimulatedTraining(takes_seconds=0))
    is_interrupted = any(one.kind == SPOT_INTERRUPTION for one in options.faults)
    deploy_environment(
        deployment.account,
        files,
        screen,
        run_while=deployment.clock.run_while,
        parameters=_SPOT_ENVIRONMENT if is_interrupted else {},
    )


def rehearse_once(
    deployment: VirtualDeployment,
    options: RehearseOptions,
    files: JobFiles,
    training_takes: timedelta,
    screen: Screen | None = None,
) -> RehearsalReport:
    """Run one job from its submission to its end."""
    context, account, clock = deployment.aws.context, deployment.account, deployment.clock
    training = SimulatedTraining(
        training_takes.total_seconds(),
        exit_code=options.exit_code,
        upload_seconds=options.upload_takes.total_seconds(),
        values=options.metric_values,
        hangs_at=next(
            (clock.now() + one.after for one in options.faults if one.kind == SCRIPT_HANGS), None
        ),
    )
    machines = simulate_machines(context, training)
    context.settings = dataclasses.replace(
        context.settings, training_delays=_training_delays(options.upload_takes)
    )
    meter = meter_of(context)
    # An idle machine of an earlier rehearsal would start this job earlier.
    clock.run_while(lambda: bool(fleet().hosts()))
    begin, submitted_at = mark(meter), clock.now()
    faults().forget()
    stop_reaper = run_reaper_when_needed(
        deployment.aws, clock, machines, options.faults, submitted_at
    )
    of_aws = [one for one in options.faults if one.kind != SCRIPT_HANGS]
    arm([Fault(FaultKind(one.kind), one.after) for one in of_aws], submitted_at)
    files = with_stand_in_image(account, without_data(files, account), screen)
    started = start_job(account, files, submitted_at)
    has_ended = watch_end(meter, started.execution_arn)

    def is_running() -> bool:
        if screen is not None:
            after = clock.now() - submitted_at
            screen.show_status(Progress(REHEARSING, (Gauge(f"+{short(after)}"),)), time.monotonic())
        return not has_ended()

    clock.run_while(is_running)
    stop_reaper()
    history = read_history(account, started)
    job = find_job(history)
    execution = ExecutionEnd.from_description(_describe(account, started))
    prefix = None if job is None else job.folder.prefix
    end = read_end(account, execution, prefix, len(history))
    # A simulated training has nothing to download.
    end = dataclasses.replace(end, job_prefix=None)
    took = history[-1]["timestamp"] - submitted_at
    return RehearsalReport(
        training_takes=training_takes,
        job=Report(
            job_id=started.job_id,
            execution_arn=started.execution_arn,
            end=end,
            results_folder=None,
            result_count=0,
            left_running=find_leftovers(
                account, started.execution_arn, None if job is None else job.target
            ),
            limits=tuple(limit_uses(job, end.outcome, end.script_ended_at)),
        ),
        timeline=make_timeline(
            submitted_at,
            history,
            meter.events[begin.events :],
            read_log(account, job, find_machine_ids(history)),
            [
                (one.after, one.kind, FAULT_KINDS[one.kind])
                for one in options.faults
                if one.after <= took
            ],
        ),
        orchestration=price_orchestration(usage_since(meter, begin, [history])),
        notes=[] if job is None else _faults_that_never_came(options.faults, took),
    )


def _training_delays(upload_takes: timedelta) -> TrainingDelays:
    """Return what SageMaker takes beside a training."""
    upload_seconds = TRAINING_DELAYS.upload + upload_takes.total_seconds()
    return dataclasses.replace(TRAINING_DELAYS, upload=upload_seconds)


def _faults_that_never_came(faults: Iterable[FaultOption], took: timedelta) -> list[str]:
    return [
        f"--fault {one.kind}@{short(one.after)} did not happen: the job had ended by then"
        for one in faults
        if one.after > took
    ]


def without_data(files: JobFiles, account: Account) -> JobFiles:
    """Return the files without input data of the person's own: a simulated training reads none."""
    uris = files.local.without_upload(account.deployment.bucket)
    return dataclasses.replace(files, overrides={**files.overrides, **uris})


def _describe(account: Account, started: StartedJob) -> DescribeExecutionOutputTypeDef:
    return account.stepfunctions.describe_execution(executionArn=started.execution_arn)
