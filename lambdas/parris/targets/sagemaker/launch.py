"""Launches a job's training job, watches the launch, and removes its role if the launch fails."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.errors import CapacityUnavailableError, LaunchFailedError, ResourceExistsError
from parris.policy import MachineState
from parris.tags import EXECUTION_TAG, owner_tags
from parris.targets.sagemaker.command import CODE_ARCHIVE, START_SCRIPT, start_script
from parris.targets.sagemaker.errors import RoleNotReadyError
from parris.targets.sagemaker.failures import is_of_capacity
from parris.targets.sagemaker.job_role import policy_of, trust_of
from parris.targets.sagemaker.names import role_name, training_job_name
from parris.targets.sagemaker.request import code_prefix, creation_request
from parris.targets.sagemaker.spec import spec_of
from parris.targets.sagemaker.status import FAILED, MAX_WAIT_TIME_EXCEEDED
from parris.targets.target import LaunchObservation

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.settings import SageMakerSettings
    from parris.targets.sagemaker.training_job import TrainingJob

_ROLE_SPREADS_WITHIN = timedelta(minutes=3)
"""How long SageMaker may refuse a role that was made for the job: it takes seconds to minutes until
a new role, and then its permissions, are in effect everywhere."""


class TrainingJobLauncher:
    """Starts the training jobs of jobs. It never touches one of someone else."""

    def __init__(self, aws: SageMakerGateways, settings: SageMakerSettings) -> None:
        self._aws = aws
        self._settings = settings

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start the training job and return its name; None while its new role cannot be used.

        Raises:
            ConfigInvalidError: if the script or the code changed after validation.
            QuotaError: if the account's quota for such instances is used up.
            ResourceExistsError: if a training job or role of this name exists that this execution
                did not create.
            LaunchFailedError: if SageMaker refuses the request.
        """
        name = training_job_name(job)
        role_arn = spec_of(job).role_arn or self._own_role(job)
        self._write_code(job)
        try:
            self._aws.training_jobs.create(creation_request(job, role_arn))
        except ResourceExistsError:
            # An earlier attempt may have succeeded although its response was lost.
            found = self._aws.training_jobs.find(name)
            if found is None or not self._is_own(job, found):
                raise
        except RoleNotReadyError as err:
            if not self._may_still_spread(job, now):
                raise LaunchFailedError(f"SageMaker refused the job: {err}") from err
            return None
        return name

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Return whether the failed training job has ended: nothing of it is left then.

        The role is that of the run: the next offer uses it too.
        """
        found = self._aws.training_jobs.find(launch_id)
        return found is None or found.is_over

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the training job: it runs as soon as its instances are billed."""
        found = self._aws.training_jobs.find(launch_id)
        if found is None:
            raise LaunchFailedError(f"the training job {launch_id} is gone")
        if not found.has_begun:
            _raise_failure(found)
        state = found.state
        return LaunchObservation(
            is_complete=found.has_begun,
            machine_id=found.name,
            launched_at=found.started_at or found.created_at,
            is_pending=not found.has_begun and state is MachineState.STARTING,
            is_over=state in (MachineState.ENDING, MachineState.OVER),
            has_runner=False,
        )

    def _own_role(self, job: Job) -> str:
        """Return the ARN of the run's role, which has the permissions of the current attempt."""
        name = role_name(job)
        tags = owner_tags(job)
        try:
            trust, boundary_arn = trust_of(self._settings), self._settings.boundary_arn
            arn = self._aws.roles.create(name, trust, boundary_arn, tags)
        except ResourceExistsError:
            found = self._aws.roles.find(name)
            if found is None or found.tags.get(EXECUTION_TAG) != job.execution_arn:
                raise
            arn = found.arn
        self._aws.roles.allow(name, policy_of(job, self._settings))
        return arn

    def _may_still_spread(self, job: Job, now: datetime) -> bool:
        role = self._aws.roles.find(role_name(job)) if spec_of(job).has_own_role else None
        return role is not None and now < role.created_at + _ROLE_SPREADS_WITHIN

    def _write_code(self, job: Job) -> None:
        if job.script is None:
            return
        prefix = code_prefix(job)
        body = self._aws.user_files.read(job.script)
        self._aws.bucket.write(f"{prefix}{job.script.filename}", body)
        if job.code is not None:
            self._aws.code_archives.require(job.code)
            self._aws.code_archives.copy(job.code, f"{prefix}{CODE_ARCHIVE}")
            self._aws.bucket.write(f"{prefix}{START_SCRIPT}", start_script(job).encode())

    def _is_own(self, job: Job, found: TrainingJob) -> bool:
        tags = self._aws.training_jobs.tags_of(found.arn)
        return tags.get(EXECUTION_TAG) == job.execution_arn


def _raise_failure(found: TrainingJob) -> None:
    """Raise the reason if a training job has ended before its instances ran."""
    if not found.is_over:
        return
    why = found.failure_reason or found.detail or found.secondary_status
    if found.secondary_status == MAX_WAIT_TIME_EXCEEDED or is_of_capacity(found.failure_reason):
        raise CapacityUnavailableError(f"{found.name} got no instances: {why}")
    if found.status == FAILED:
        raise LaunchFailedError(f"{found.name} failed before it ran: {why}")
    raise LaunchFailedError(f"{found.name} was stopped before it ran: {why}")
