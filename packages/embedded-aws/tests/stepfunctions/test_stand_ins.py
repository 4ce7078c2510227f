"""Gap stepfunctions_stand_ins: an execution may do something else than its definition."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.execution_stand_ins import StandIn
from embedded_aws_helpers.builders import end_on_clock, start

WAITING = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}},
}
FAILING = {"Fail": {"Type": "Fail", "Error": "Real"}}


class Waits:
    """Executions whose input says `instead` wait so many seconds."""

    def stand_in_for(self, execution_arn: str, execution_input: str) -> StandIn | None:
        seconds = json.loads(execution_input).get("instead")
        if seconds is None:
            return None
        return StandIn(json.dumps(WAITING), json.dumps({"seconds": seconds}))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2031, 5, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(enforce_roles=False, execution_stand_ins=Waits())
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def test_a_stand_in_does_something_else(aws: EmbeddedAws, clock: VirtualClock) -> None:
    ended = end_on_clock(aws, clock, start(aws, FAILING, {"instead": 90}))
    assert ended["status"] == "SUCCEEDED"
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 90
    assert json.loads(ended["input"]) == {"instead": 90}


def test_every_other_execution_does_what_its_definition_says(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    ended = end_on_clock(aws, clock, start(aws, FAILING, {}))
    assert (ended["status"], ended["error"]) == ("FAILED", "Real")
