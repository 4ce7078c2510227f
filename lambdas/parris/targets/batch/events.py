"""What events of AWS Batch report about a job: its own end, or that its container runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import MachineStateUnknownError
from parris.payloads import maybe_text_in, part_of
from parris.policy import MachineState
from parris.tags import JOB_TAG
from parris.targets.batch.names import is_name
from parris.targets.batch.status import state_of
from parris.targets.target import Change
from parris.waits import Cause

if TYPE_CHECKING:
    from parris.payloads import Payload

_CAUSES = {
    MachineState.RUNNING: Cause.LAUNCHED,
    MachineState.OVER: Cause.MACHINE_OVER,
}


def change_in(event: Payload) -> Change | None:
    """Return what an event reports, or None if no job waits for it."""
    detail = part_of(event, "detail")
    job_id, name = maybe_text_in(detail, "jobId"), maybe_text_in(detail, "jobName")
    status = maybe_text_in(detail, "status")
    if event.get("source") != "aws.batch" or job_id is None or name is None or status is None:
        return None
    if not is_name(name):
        return None
    try:
        state = state_of(status)
    except MachineStateUnknownError:
        return None
    cause = _CAUSES.get(state)
    if cause is None:
        return None
    return Change(
        cause,
        machine_id=job_id,
        state=status if state is MachineState.OVER else None,
        training_job_name=_job_of(name, detail),
        launch_id=job_id,
    )


def _job_of(name: str, detail: Payload) -> str:
    """Return the name of the job: of its tag, or else what the name begins with."""
    return maybe_text_in(part_of(detail, "tags"), JOB_TAG) or name.rpartition("-")[0]
