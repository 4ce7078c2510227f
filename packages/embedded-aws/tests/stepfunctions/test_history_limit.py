"""Gap stepfunctions_history_limit: 25,000 events, and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import start

LOOP: dict[str, Any] = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.spin", "BooleanEquals": True, "Next": "Loop"}],
    "Default": "Done",
}
CAUSE = "The execution reached the maximum number of history events (25000)."


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def test_the_last_event_of_a_full_history_is_the_executions_failure(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    machines = aws.client("stepfunctions")
    arn = start(aws, {"Loop": LOOP, "Done": {"Type": "Succeed"}}, {"spin": True})

    def describe() -> Any:
        return machines.describe_execution(executionArn=arn)

    clock.run_while(lambda: describe()["status"] == "RUNNING")

    ended = describe()
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "States.Runtime", CAUSE)
    last, before = machines.get_execution_history(
        executionArn=arn, reverseOrder=True, maxResults=2
    )["events"]
    assert (last["type"], last["id"], last["previousEventId"]) == (
        "ExecutionFailed",
        25_000,
        24_999,
    )
    assert last["executionFailedEventDetails"] == {"error": "States.Runtime", "cause": CAUSE}
    assert (before["type"], before["id"]) == ("ChoiceStateExited", 24_999)
