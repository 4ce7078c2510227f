"""Finds what a run has submitted and registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import NotOursError
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
from parris.targets.batch.names import definition_name, name_start
from parris.targets.batch.spec import spec_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.job import Job
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.aws.job_definitions import JobDefinition
    from parris.targets.batch.batch_job import BatchJob


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
