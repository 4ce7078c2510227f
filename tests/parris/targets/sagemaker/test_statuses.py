"""Each status of a training job has a meaning, and a new one is noticed."""

import pytest
from botocore.session import get_session

from parris.errors import MachineStateUnknownError
from parris.policy import MachineState
from parris.targets.sagemaker.status import is_known, state_of

_MODEL = get_session().get_service_model("sagemaker")
STATUSES: list[str] = _MODEL.shape_for("TrainingJobStatus").metadata["enum"]
SECONDARY_STATUSES: list[str] = _MODEL.shape_for("SecondaryStatus").metadata["enum"]
PAIRS = [(one, other) for one in STATUSES for other in SECONDARY_STATUSES]
ENDED = {"Completed", "Failed", "Stopped", "Deleting"}


@pytest.mark.parametrize(("status", "secondary"), PAIRS)
def test_every_pair_that_aws_can_return_has_a_state(status: str, secondary: str) -> None:
    state = state_of(status, secondary)
    assert is_known(status)
    # Only the status says that a training job has ended; what has ended never counts as running.
    assert (state is MachineState.OVER) == (status in ENDED)
    if status == "Stopping":
        assert state is MachineState.ENDING


@pytest.mark.parametrize(
    ("secondary", "state"),
    [
        ("Starting", MachineState.STARTING),
        ("Pending", MachineState.STARTING),
        ("Interrupted", MachineState.STARTING),
        ("Downloading", MachineState.RUNNING),
        ("Training", MachineState.RUNNING),
        ("Uploading", MachineState.RUNNING),
        ("Restarting", MachineState.RUNNING),
        ("Stopping", MachineState.ENDING),
        ("Completed", MachineState.ENDING),
    ],
)
def test_a_job_in_progress_is_as_far_as_its_secondary_status(
    secondary: str, state: MachineState
) -> None:
    assert state_of("InProgress", secondary) is state


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(MachineStateUnknownError, match="Hibernating"):
        state_of("Hibernating", "Training")
    with pytest.raises(MachineStateUnknownError, match="Dreaming"):
        state_of("InProgress", "Dreaming")
    assert not is_known("Hibernating")
