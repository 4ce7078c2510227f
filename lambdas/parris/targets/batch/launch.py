"""Submits a job's Batch job once, and watches it until its container runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.durations import duration
from parris.errors import CapacityUnavailableError, LaunchFailedError, ResourceExistsError
from parris.policy import MachineState
from parris.tags import EXECUTION_TAG
from parris.targets.batch.failures import Failure
from parris.targets.batch.names import batch_job_name
from parris.targets.batch.request import definition_request, submission_request
from parris.targets.batch.spec import LONGEST_START_SECONDS, spec_of
from parris.targets.batch.spending import machine_carry
from parris.targets.batch.status import RUNNABLE, STARTING
from parris.targets.target import LaunchObservation

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.batch_job import BatchJob

_NO_MACHINE = (Failure.CAPACITY, Failure.INTERRUPTED, Failure.MACHINE_LOST)


class BatchJobLauncher:
    """Submits the Batch jobs of jobs. It never touches one of someone else."""

    def __init__(self, aws: BatchGateways) -> None:
        self._aws = aws

    def launch(self, job: Job) -> str:
        """Submit the job and return its id; that of an earlier submission, if there is one.

        Batch has no token that makes a submission idempotent, and its list lags behind. A second
        job that was submitted nevertheless is found later, and terminated.

        Raises:
            ResourceExistsError: if a job of this name exists that this execution did not submit.
            LaunchFailedError: if Batch refuses the request.
        """
        name, queue = batch_job_name(job), spec_of(job).job_queue
        known = self._aws.jobs.named(name, [queue])
        for found in sorted(known, key=lambda one: one.is_over):
            if found.tags.get(EXECUTION_TAG) != job.execution_arn:
                raise ResourceExistsError(
                    f"a Batch job {name} ({found.job_id}) exists that this run did not submit"
                )
            return found.job_id
        definition = self._aws.job_definitions.register(definition_request(job, self._aws.settings))
        return self._aws.jobs.submit(submission_request(job, definition))

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Return whether the failed job has ended: only its definition is left then."""
        found = self._aws.jobs.find(launch_id)
        if found is None or found.is_over:
            return True
        if found.tags.get(EXECUTION_TAG) == job.execution_arn:
            self._aws.jobs.terminate(launch_id)
        return False

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the job, which waits in its queue until Batch has a machine for it."""
        found = self._aws.jobs.find(launch_id)
        if found is None:
            raise LaunchFailedError(f"the Batch job {launch_id} is gone")
        self._end_duplicates(job, found)
        state = found.state
        if not found.has_begun:
            _raise_failure(found)
            if state is MachineState.STARTING:
                _raise_wait(found, spec_of(job).runnable_timeout_seconds, now)
        return LaunchObservation(
            is_complete=found.has_begun,
            machine_id=found.job_id,
            launched_at=found.started_at or found.created_at,
            carry=self._carry(found),
            identity=found.task_id if found.has_begun else None,
            is_pending=not found.has_begun,
            is_over=state is MachineState.OVER,
            has_runner=not spec_of(job).runs_image_command,
        )

    def _end_duplicates(self, job: Job, found: BatchJob) -> None:
        for other in self._aws.jobs.named(found.name, [spec_of(job).job_queue]):
            is_own = other.tags.get(EXECUTION_TAG) == job.execution_arn
            if is_own and other.job_id != found.job_id and not other.is_over:
                self._aws.jobs.terminate(other.job_id)

    def _carry(self, found: BatchJob) -> Payload:
        """Return what is known of the machine: only while the container runs, Batch says which."""
        if not found.container_instance_arn or found.started_at is None:
            return {}
        machine = self._aws.container_instances.find(found.container_instance_arn)
        if machine is None:
            return {}
        return machine_carry(machine.instance_type, machine.zone, is_spot=machine.is_spot)


def _raise_failure(found: BatchJob) -> None:
    """Raise the reason if a job that has not run has ended, or never can run."""
    if found.failure is Failure.MISCONFIGURATION:
        raise LaunchFailedError(f"the Batch job {found.job_id} cannot run: {found.reason}")
    if not found.is_over:
        return
    text = f"the Batch job {found.job_id} ended before it ran: {found.reason or found.status}"
    if found.failure in _NO_MACHINE:
        raise CapacityUnavailableError(text)
    raise LaunchFailedError(text)


def _raise_wait(found: BatchJob, longest_seconds: int, now: datetime) -> None:
    """Raise an error if a job has waited in its queue for too long, or its container has."""
    waited = now - found.created_at
    if found.status == STARTING:
        if waited > timedelta(seconds=longest_seconds + LONGEST_START_SECONDS):
            raise LaunchFailedError(
                f"the container of the Batch job {found.job_id} has not started within"
                f" {duration(LONGEST_START_SECONDS)}. {found.reason}".rstrip()
            )
        return
    if waited < timedelta(seconds=longest_seconds):
        return
    queue = found.queue.rpartition("/")[2]
    why = found.reason or (
        "Batch says no reason; usually the compute environment has no capacity, or has reached its"
        " maximum of vCPUs"
        if found.status == RUNNABLE
        else f"it is still {found.status}"
    )
    raise CapacityUnavailableError(
        f"the Batch job {found.job_id} got no machine from the queue {queue} within"
        f" {duration(longest_seconds)} (runnable-timeout-seconds): {why}"
    )
