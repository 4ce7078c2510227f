"""What events of SageMaker report about a job: a training job is found by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import MachineStateUnknownError
from parris.payloads import maybe_text_in, part_of
from parris.policy import MachineState
from parris.tags import JOB_TAG
from parris.targets.sagemaker.names import is_name
from parris.targets.sagemaker.status import state_of
from parris.targets.target import Change
from parris.waits import Cause

if TYPE_CHECKING:
    from parris.payloads import Payload

_CAUSES = {
    MachineState.RUNNING: Cause.LAUNCHED,
    MachineState.ENDING: Cause.MACHINE_ENDING,
    MachineState.OVER: Cause.MACHINE_OVER,
}


def change_in(event: Payload) -> Change | None:
    """Return what an event reports, or None if no job waits for it."""
    detail = part_of(event, "detail")
    name, status = (
        maybe_text_in(detail, "TrainingJobName"),
        maybe_text_in(detail, "TrainingJobStatus"),
    )
    if event.get("source") != "aws.sagemaker" or name is None or status is None:
        return None
    if not is_name(name):
        return None
    try:
        state = state_of(status, maybe_text_in(detail, "SecondaryStatus") or "")
    except MachineStateUnknownError:
        return None
    cause = _CAUSES.get(state)
    if cause is None:
        return None
    # A job in progress may be interrupted later: only what is final counts beside the API.
    reported = status if state in (MachineState.ENDING, MachineState.OVER) else None
    return Change(
        cause,
        machine_id=name,
        state=reported,
        training_job_name=_job_of(name, detail),
        launch_id=name,
    )


def _job_of(name: str, detail: Payload) -> str:
    """Return the name of the job: of its tag, or else what a short name begins with."""
    return maybe_text_in(part_of(detail, "Tags"), JOB_TAG) or name.rpartition("-")[0]
