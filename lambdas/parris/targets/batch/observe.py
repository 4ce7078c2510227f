"""Observes a job's Batch job, and reports the end of a container as its runner would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.liveness import SignsOfLife
from parris.policy import MachineState, Observation
from parris.targets.batch.failures import Failure
from parris.targets.batch.observed_run import runs_image_command
from parris.targets.batch.status import state_of
from parris.targets.runner_reports import RunnerReports
from parris.termination.exit_report import ENDED_BY_LIMIT, EndedBy, ExitReport

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.limits import Limits
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.batch_job import BatchJob

_LOST = (Failure.MACHINE_LOST, Failure.INTERRUPTED, Failure.CAPACITY)


def observe(
    aws: BatchGateways,
    job: Job,
    job_id: str,
    launched_at: datetime,
    reported_state: str | None,
) -> Observation:
    """Check the job first, then the files of its runner.

    In this order, a runner that finishes in between counts. So does an event that is ahead of
    Batch's response.
    """
    found = aws.jobs.find(job_id)
    if found is None:
        return Observation(MachineState.OVER, launched_at)
    states = [found.state, *([] if reported_state is None else [state_of(reported_state)])]
    state = max(states, key=list(MachineState).index)
    # An event that is ahead of the API says that the job has ended, but not yet how.
    is_ahead = state is MachineState.OVER and not found.is_over
    has_runner = not runs_image_command(job)
    reports = RunnerReports(aws.bucket, job)
    report = reports.exit_report() if has_runner else None
    if report is None and found.is_over:
        lines = () if has_runner else _last_lines(aws, found)
        report = exit_report_of(found, job.limits, has_runner=has_runner, last_lines=lines)
    return Observation(
        machine=MachineState.ENDING if is_ahead else state,
        launched_at=found.started_at or launched_at,
        exit=report,
        # Batch's own timeout is the job's limit: nobody has ended it from outside.
        did_shut_itself_down=found.failure is Failure.TIMEOUT if found.is_over else None,
        was_interrupted=found.is_over and found.failure is Failure.INTERRUPTED,
        loss=found.reason if found.is_over and found.failure in _LOST else "",
        signs=reports.signs_of_life(report) if has_runner else SignsOfLife(has_started=True),
    )


def exit_report_of(
    found: BatchJob, limits: Limits, *, has_runner: bool, last_lines: tuple[str, ...] = ()
) -> ExitReport | None:
    """Return how a container ended whose runner, if it has one, has not reported it.

    None if the job has not ended, never ran, or was lost with its machine. A runner that left no
    report was killed: only a lack of memory is then the script's own end.
    """
    failure = found.failure
    if not found.is_over or not found.has_begun or found.stopped_at is None or failure in _LOST:
        return None
    if has_runner and failure is not Failure.OUT_OF_MEMORY:
        return None
    return ExitReport(
        ended_by=_ended_by(failure, limits),
        exit_status=found.exit_code,
        signal=None,
        ended_at=found.stopped_at,
        last_log_lines=last_lines,
        # What the image's own command saves, Parris cannot verify.
        are_results_saved=not has_runner,
        explanation=f"AWS Batch says: {found.reason}" if found.reason else "",
    )


def _ended_by(failure: Failure, limits: Limits) -> EndedBy:
    if failure is Failure.TIMEOUT:
        return ENDED_BY_LIMIT[limits.end_reason()]
    return EndedBy.SIGNAL if failure is Failure.TERMINATED else EndedBy.SCRIPT


def _last_lines(aws: BatchGateways, found: BatchJob) -> tuple[str, ...]:
    from parris.errors import AwsDeniedError

    try:
        return aws.logs.last_lines(found.log_stream)
    except AwsDeniedError:
        # Only a diagnosis: how the job ended is known without it.
        return ()
