"""What a runner's decision.json ends a job by."""

import pytest

from parris.metric_goal import MetricGoal
from parris.payloads import Payload
from parris.reasons import EndReason
from parris.runner_object import object_in

GOAL: Payload = {"metric": "loss", "direction": "minimize", "target": 0.1, "patience-reports": 10}
REACHED = b'{"reason": "METRIC_REACHED", "value": 0.09, "reports": 3}'
STAYED = b'{"reason": "NO_IMPROVEMENT", "value": 0.2, "reports": 34}'


def end_by(decision: bytes | None, **changes: object) -> tuple[EndReason, str] | None:
    found = {key: value for key, value in {**GOAL, **changes}.items() if value is not None}
    goal = MetricGoal.from_payload(found)  # type: ignore[arg-type]
    assert goal is not None
    return goal.end_by(object_in(decision))


def test_a_decision_is_the_end_with_its_cause() -> None:
    assert end_by(REACHED) == (
        EndReason.METRIC_REACHED,
        "loss 0.09 reached the goal of at most 0.1",
    )
    assert end_by(STAYED) == (
        EndReason.NO_IMPROVEMENT,
        "loss did not improve in the last 10 of 34 reports; the best was 0.2",
    )
    cause = (end_by(STAYED.replace(b"0.2", b"null")) or ("", ""))[1]
    assert cause.endswith("of 34 reports; none was a finite number")
    cause = (end_by(REACHED, direction="maximize") or ("", ""))[1]
    assert cause == "loss 0.09 reached the goal of at least 0.1"


def test_an_end_that_the_job_has_not_asked_for_does_not_count() -> None:
    assert end_by(REACHED, target=None) is None
    assert end_by(STAYED, **{"patience-reports": None}) is None


@pytest.mark.parametrize(
    "decision",
    [
        None,
        b"",
        b"[]",
        b"no json",
        b"{}",
        b'{"reason": "COMPLETED"}',
        b'{"reason": ["METRIC_REACHED"]}',
        b'{"reason": "METRIC_REACHED", "reports": "3"}',
        b'{"reason": "METRIC_REACHED", "value": 1%s}' % (b"0" * 400),
    ],
)
def test_what_a_script_may_have_written_instead_ends_nothing(decision: bytes | None) -> None:
    assert end_by(decision) is None


def test_a_job_without_such_a_goal_has_none() -> None:
    assert MetricGoal.from_payload({}) is None
