"""What the scenarios share: their type, their scripts, and what they wait for."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from embedded_aws import EmbeddedAws
from tests.end_to_end.deployment import ENDLESS, Deployed, Ended

SECONDS = 300
KILLS_ITS_RUNNER = "kill -9 $PPID; sleep 60\n"
STOPS_ON_SIGNAL = f"trap 'exit 0' TERM\n{ENDLESS}"

Scenario = Callable[[Deployed, EmbeddedAws], None]


def require_reason(ended: Ended, expected: str) -> None:
    """Raise unless the job has ended for that reason."""
    assert ended.reason == expected, f"{ended.reason}: {ended.cause}"


def outputs_of(aws: EmbeddedAws) -> dict[str, str]:
    """Return the outputs of the deployment."""
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="parris")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def reap(aws: EmbeddedAws) -> None:
    """Let the reaper search once, without waiting for its hour."""
    aws.client("lambda").invoke(
        FunctionName=outputs_of(aws)["ReaperFunctionName"],
        Payload=json.dumps({"time": datetime.now(UTC).isoformat()}),
    )


def await_sleep(table: str, job: str, aws: EmbeddedAws) -> dict[str, Any]:
    """Return the item of a job when its run sleeps."""
    dynamodb, ends_at = aws.client("dynamodb"), time.monotonic() + SECONDS
    while True:
        item = dynamodb.get_item(TableName=table, Key={"item": {"S": f"job#{job}"}})["Item"]
        if "task_token" in item:
            return dict(item)
        assert time.monotonic() < ends_at, "the run has not fallen asleep"
        time.sleep(0.2)
