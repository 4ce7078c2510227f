import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import history, run, start, until

SUCCEED = {"Type": "Succeed"}
FAIL = {"Type": "Fail"}


def test_the_context_shows_timestamps_with_milliseconds_and_z(aws: EmbeddedAws) -> None:
    timestamps = {"entered.$": "$$.State.EnteredTime", "started.$": "$$.Execution.StartTime"}
    ended = run(aws, {"Look": {"Type": "Pass", "Parameters": timestamps, "End": True}})
    for timestamp in json.loads(ended["output"]).values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp)


@pytest.mark.parametrize("earlier", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123+02:00"])
def test_a_choice_compares_the_context_with_any_timestamp(aws: EmbeddedAws, earlier: str) -> None:
    rule = {"Variable": "$$.State.EnteredTime", "TimestampGreaterThan": earlier, "Next": "Yes"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "No"}
    assert run(aws, {"Is": choice, "Yes": SUCCEED, "No": FAIL})["status"] == "SUCCEEDED"


def test_a_wait_does_not_end_before_its_timestamp(aws: EmbeddedAws) -> None:
    wake_at = datetime.now(UTC) + timedelta(seconds=0.3)
    wait: dict[str, Any] = {"Type": "Wait", "TimestampPath": "$.at", "End": True}
    execution = start(aws, {"Wait": wait}, {"at": wake_at.isoformat()})
    last = until(lambda: [e for e in history(aws, execution) if e["type"] == "WaitStateExited"])
    assert wake_at - timedelta(milliseconds=5) <= last[0]["timestamp"]
