"""Observes a job's Batch job, and reports the end of a container as its runner would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import NotOursError
from parris.liveness import SignsOfLife
from parris.policy import MachineState, Observation
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
from parris.targets.batch.failures import Failure
from parris.targets.batch.names import definition_name, name_start
from parris.targets.batch.spec import spec_of
from parris.targets.batch.status import state_of
from parris.targets.runner_reports import RunnerReports
from parris.termination.exit_report import EndedBy, ExitReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from parris.job import Job
    from parris.limits import Limits
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.aws.job_definitions import JobDefinition
    from parris.targets.batch.batch_job import BatchJob

_LOST = (Failure.MACHINE_LOST, Failure.INTERRUPTED, Failure.CAPACITY)


class ObservedRun:
    """Finds what a run has submitted and registered. It only reads."""

    def __init__(self, aws: BatchGateways, job: Job) -> None:
        self._aws = aws
        self._job = job

    def batch_job(self, launch_id: str | None) -> BatchJob | None:
        """Return the run's job; the one that lives, if its id is not known.

        Raises:
            NotOursError: if the job with this id does not have this execution's tags.
        """
        if launch_id is None:
            return next(iter(self._living()), None)
        found = self._aws.jobs.find(launch_id)
        if found is not None and not self._is_own(found.tags):
            raise NotOursError(
                f"{launch_id} does not carry the tags of {self._job.execution_arn}"
                f" and of the deployment {self._job.deployment}"
            )
        return found

    def others(self, but: BatchJob | None) -> tuple[BatchJob, ...]:
        """Return other jobs of the run that live, such as one that was submitted twice."""
        return tuple(one for one in self._living() if but is None or one.job_id != but.job_id)

    def definitions(self) -> tuple[JobDefinition, ...]:
        """Return the run's job definitions."""
        found = self._aws.job_definitions.named(definition_name(self._job))
        return tuple(one for one in found if self._is_own(one.tags))

    def _living(self) -> tuple[BatchJob, ...]:
        job = self._job
        queues = {str(one.spec.get("job_queue") or "") for one in job.offers}
        queues = {*queues, str(job.spec.get("job_queue") or "")} - {""}
        found = self._aws.jobs.living_of(
            f"{name_start(job.training_job_name)}-", sorted(queues) or self._aws.job_queues.names()
        )
        return tuple(one for one in found if self._is_own(one.tags))

    def _is_own(self, tags: Mapping[str, str]) -> bool:
        return (
            tags.get(EXECUTION_TAG) == self._job.execution_arn
            and tags.get(DEPLOYMENT_TAG) == self._job.deployment
        )


def runs_image_command(job: Job) -> bool:
    """Return whether no runner of ours is in the container; also of a job without a spec."""
    return bool(job.spec) and spec_of(job).runs_image_command


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
        is_cost = limits.cost_limit_seconds == limits.earliest_seconds()
        return EndedBy.COST_LIMIT if is_cost else EndedBy.TIME_LIMIT
    return EndedBy.SIGNAL if failure is Failure.TERMINATED else EndedBy.SCRIPT


def _last_lines(aws: BatchGateways, found: BatchJob) -> tuple[str, ...]:
    from parris.errors import AwsDeniedError

    try:
        return aws.logs.last_lines(found.log_stream)
    except AwsDeniedError:
        # Only a diagnosis: how the job ended is known without it.
        return ()
