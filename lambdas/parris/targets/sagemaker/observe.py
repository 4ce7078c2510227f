"""Observes a job's training job, and reports its end as a runner would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.durations import duration
from parris.errors import NotOursError
from parris.liveness import SignsOfLife
from parris.policy import MachineState, Observation
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
from parris.targets.sagemaker.failures import exit_status_in, is_of_aws, is_of_capacity
from parris.targets.sagemaker.names import is_name, name_start, role_name
from parris.targets.sagemaker.status import (
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    MAX_RUNTIME_EXCEEDED,
    MAX_WAIT_TIME_EXCEEDED,
    STOPPED,
    STOPPING,
    state_of,
)
from parris.termination.exit_report import ENDED_BY_LIMIT, EndedBy, ExitReport
from parris.termination.metrics import MOST_METRICS
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.training_job import TrainingJob


class ObservedRun:
    """Finds what a run has launched. It only reads."""

    def __init__(self, aws: SageMakerGateways, job: Job) -> None:
        self._aws = aws
        self._job = job

    def training_job(self, launch_id: str | None) -> TrainingJob | None:
        """Return the run's training job; the one that lives, if its name is not known.

        Raises:
            NotOursError: if the training job of this name does not have this execution's tags.
        """
        if launch_id is None:
            found = self._living()
            return self._aws.training_jobs.find(found[0].name) if found else None
        found_by_name = self._aws.training_jobs.find(launch_id) if is_name(launch_id) else None
        if found_by_name is None:
            return None
        if not self._is_own(self._aws.training_jobs.tags_of(found_by_name.arn)):
            raise NotOursError(
                f"{launch_id} does not carry the tags of {self._job.execution_arn}"
                f" and of the deployment {self._job.deployment}"
            )
        return found_by_name

    def others(self, but: TrainingJob | None) -> tuple[TrainingJob, ...]:
        """Return other training jobs of the run that live, such as one whose name was lost."""
        return tuple(one for one in self._living() if but is None or one.name != but.name)

    def role(self) -> str | None:
        """Return the name of the run's role, or None if it has none of its own."""
        found = self._aws.roles.find(role_name(self._job))
        return found.name if found is not None and self._is_own(found.tags) else None

    def _living(self) -> tuple[TrainingJob, ...]:
        found = self._aws.training_jobs.living(name_start(self._job.training_job_name))
        return tuple(one for one in found if self._is_own(one.tags))

    def _is_own(self, tags: Mapping[str, str]) -> bool:
        return (
            tags.get(EXECUTION_TAG) == self._job.execution_arn
            and tags.get(DEPLOYMENT_TAG) == self._job.deployment
        )


def observation_of(
    found: TrainingJob | None,
    launched_at: datetime,
    reported_state: str | None,
    limits: Limits,
    log_lines: tuple[str, ...] = (),
) -> Observation:
    """Return what a check has found out. The later of the observed and the reported state counts.

    Args:
        found: the training job, or None if it is gone.
        launched_at: when its instances began to be billed.
        reported_state: the status in the last event.
        limits: those of the job.
        log_lines: the last lines of its log.
    """
    if found is None:
        return Observation(MachineState.OVER, launched_at)
    states = [found.state, *([] if reported_state is None else [state_of(reported_state)])]
    # An event that is ahead of the API says that the job has ended, but not yet how.
    is_ahead = not found.is_over and MachineState.OVER in states
    state = max(states, key=list(MachineState).index)
    return Observation(
        machine=MachineState.ENDING if is_ahead else state,
        launched_at=found.started_at or launched_at,
        exit=exit_report_of(found, limits, log_lines),
        was_interrupted=was_interrupted(found),
        loss=_explanation(found) if found.is_over and is_lost(found) else "",
        did_shut_itself_down=False,
        signs=SignsOfLife(),
    )


def was_interrupted(found: TrainingJob) -> bool:
    """Return whether AWS took the instances back and found no others in time."""
    has_waited = found.secondary_status == MAX_WAIT_TIME_EXCEEDED and not _was_at_work(found)
    return has_waited or (found.is_spot and is_of_capacity(found.failure_reason))


def _was_at_work(found: TrainingJob) -> bool:
    """Return whether it had its instances until it was stopped: the longest wait counts both."""
    before = [one for one in found.secondary_statuses if one not in (STOPPING, STOPPED)]
    before = [one for one in before if one != found.secondary_status]
    return bool(before) and state_of(IN_PROGRESS, before[-1]) is MachineState.RUNNING


def is_lost(found: TrainingJob) -> bool:
    """Return whether AWS ended the training job, for no reason that lies in the job."""
    is_of_service = is_of_capacity(found.failure_reason) or is_of_aws(found.failure_reason)
    return was_interrupted(found) or is_of_service


def exit_report_of(
    found: TrainingJob, limits: Limits, log_lines: tuple[str, ...] = ()
) -> ExitReport | None:
    """Return how the script ended; None if it has not, never started, or was lost with its job."""
    if not found.is_over or found.ended_at is None or not found.has_begun or is_lost(found):
        return None
    ended_by, exit_status = _end_of(found, limits)
    return ExitReport(
        ended_by=ended_by,
        exit_status=exit_status,
        signal=None,
        ended_at=found.ended_at,
        last_log_lines=log_lines,
        are_results_saved=found.status != FAILED,
        metrics=metrics_of(found),
        explanation=_explanation(found),
    )


def metrics_of(found: TrainingJob) -> Payload:
    """Return the last metrics that SageMaker has found in the log, as a runner reports them."""
    return {
        one.name: {"value": one.value, "step": None, "at": format_timestamp(one.at)}
        for one in found.metrics[:MOST_METRICS]
    }


def _end_of(found: TrainingJob, limits: Limits) -> tuple[EndedBy, int | None]:
    limits_of_aws = (MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED)
    was_at_limit = found.lost_its_upload and found.has_run_its_longest
    if found.secondary_status in limits_of_aws or was_at_limit:
        return ENDED_BY_LIMIT[limits.end_reason()], None
    if found.status == COMPLETED:
        return EndedBy.SCRIPT, 0
    if found.failed_before_training:
        return EndedBy.BOOTSTRAP, None
    if found.status != FAILED or found.lost_its_upload:
        return EndedBy.SIGNAL, None
    # What failed may be SageMaker's own part, and a status of 0 would be a success.
    return EndedBy.SCRIPT, exit_status_in(found.failure_reason) or None


def _explanation(found: TrainingJob) -> str:
    if found.failure_reason:
        return f"SageMaker says: {found.failure_reason}"
    longest = duration(found.longest_runtime_seconds)
    explanations = {
        MAX_RUNTIME_EXCEEDED: f"SageMaker ended the job at its longest run time, {longest}",
        MAX_WAIT_TIME_EXCEEDED: "SageMaker ended the job at its longest wait"
        if _was_at_work(found)
        else "SageMaker found no spot instances within the longest wait",
    }
    return explanations.get(found.secondary_status, "")
