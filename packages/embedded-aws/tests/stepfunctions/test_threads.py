"""The threads of an execution belong to their embedded AWS."""

from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import end_of, history, start, until

WAIT: dict[str, Any] = {"Type": "Wait", "Seconds": 3600, "End": True}
BRANCH = {"StartAt": "Wait", "States": {"Wait": WAIT}}
MANY = [BRANCH] * 20


def test_whatever_an_execution_starts_is_over_when_it_is_stopped(aws: EmbeddedAws) -> None:
    execution = start(aws, {"All": {"Type": "Parallel", "Branches": MANY, "End": True}})
    until(lambda: any(e["type"] == "WaitStateEntered" for e in history(aws, execution)))
    assert aws.context.await_rest(timeout_seconds=0)

    # Most often while branches are being started.
    aws.client("stepfunctions").stop_execution(executionArn=execution)

    assert end_of(aws, execution)["status"] == "ABORTED"
    assert not aws.context.await_rest(timeout_seconds=60)
