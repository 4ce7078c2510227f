"""Whether the execution of a sweep has ended by itself: then its reason stays."""

import pytest

from parris.recovery.abandoned_run import EndedExecution
from parris.sweeps.record import has_own_end


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        ("SUCCEEDED", "", True),
        ("FAILED", "NO_TRIAL_SUCCEEDED: 3 trials: 3 failed", True),
        ("FAILED", "CLEANUP_FAILED: 3 trials: 1 unconfirmed", True),
        ("FAILED", "States.Runtime: the history is too long", False),
        ("ABORTED", "ABORTED: by hand", False),
        ("ABORTED", "", False),
        ("TIMED_OUT", "", False),
        ("FORGOTTEN", "", False),
    ],
)
def test_an_end_is_a_sweeps_own_if_its_workflow_came_to_it(
    status: str, message: str, expected: bool
) -> None:
    assert has_own_end(EndedExecution(status, None, message)) is expected
