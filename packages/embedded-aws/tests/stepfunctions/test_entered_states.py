"""A watcher sees each entered state, and may end the execution there."""

from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.fault_injection.entered_state import EnteredState, watch_states
from embedded_aws_helpers.builders import history, run

STATES = {
    "First": {"Type": "Pass", "Next": "Second"},
    "Second": {"Type": "Wait", "Seconds": 0, "Next": "Third"},
    "Third": {"Type": "Pass", "End": True},
}


@pytest.fixture(autouse=True)
def nobody_watches_after(aws: EmbeddedAws) -> Iterator[None]:
    yield
    watch_states(None)


def test_every_state_is_seen_with_the_executions_input(aws: EmbeddedAws) -> None:
    seen: list[EnteredState] = []
    watch_states(seen.append)
    ended = run(aws, STATES, {"whose": "mine"})
    assert [(one.name, one.waits) for one in seen] == [
        ("First", False),
        ("Second", True),
        ("Third", False),
    ]
    assert {one.execution_arn for one in seen} == {ended["executionArn"]}
    assert seen[0].execution_input == {"whose": "mine"}


def test_an_execution_times_out_at_the_state_that_is_chosen(aws: EmbeddedAws) -> None:
    watch_states(lambda state: state.time_out() if state.name == "Second" else None)
    ended = run(aws, STATES)
    assert ended["status"] == "TIMED_OUT"
    kinds = [one["type"] for one in history(aws, ended["executionArn"])]
    assert "WaitStateEntered" in kinds
    assert kinds[-1] == "ExecutionTimedOut"
    assert kinds.count("PassStateEntered") == 1
