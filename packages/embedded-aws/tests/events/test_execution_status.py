import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.execution_status import MOST_DATA_BYTES
from embedded_aws_helpers.builders import create_machine, end_of, start, until
from embedded_aws_helpers.events import heard, listen

PATTERN = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
SLEEP = {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": True}}
DONE = {"Done": {"Type": "Pass", "Result": {"a": 1}, "End": True}}


def statuses(events: list[dict[str, Any]]) -> list[str]:
    return [event["detail"]["status"] for event in events]


def test_a_success_is_reported_with_input_and_output(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    execution = start(aws, DONE, {"given": True})
    running, succeeded = heard(aws, url, 2)
    assert statuses([running, succeeded]) == ["RUNNING", "SUCCEEDED"]
    assert succeeded["resources"] == [execution]
    detail = succeeded["detail"]
    described = end_of(aws, execution)
    assert detail["executionArn"] == execution
    assert detail["stateMachineArn"] == described["stateMachineArn"]
    assert detail["name"] == described["name"]
    assert json.loads(detail["input"]) == {"given": True}
    assert json.loads(detail["output"]) == {"a": 1}
    difference = detail["startDate"] - described["startDate"].timestamp() * 1000
    assert abs(difference) <= 1, "both are the same time, truncated in different ways"
    assert detail["stopDate"] >= detail["startDate"]
    assert (running["detail"]["stopDate"], running["detail"]["output"]) == (None, None)


def test_failure_abort_and_timeout_are_reported(aws: EmbeddedAws) -> None:
    ends = {"detail": {"status": ["FAILED", "ABORTED", "TIMED_OUT"]}}
    url = listen(aws, {**PATTERN, **ends})
    start(aws, {"No": {"Type": "Fail", "Error": "Mine", "Cause": "because"}})
    (failed,) = heard(aws, url, 1)
    assert failed["detail"]["status"] == "FAILED"
    assert (failed["detail"]["error"], failed["detail"]["cause"]) == ("Mine", "because")
    start(aws, SLEEP, TimeoutSeconds=1)
    assert statuses(heard(aws, url, 1)) == ["TIMED_OUT"]
    stopped = start(aws, SLEEP)
    aws.client("stepfunctions").stop_execution(executionArn=stopped)
    assert statuses(heard(aws, url, 1)) == ["ABORTED"]


def test_an_input_that_is_too_long_for_an_event_is_left_out(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    start(aws, DONE, {"long": "x" * MOST_DATA_BYTES})
    for event in heard(aws, url, 2):
        assert event["detail"]["input"] is None
        assert event["detail"]["inputDetails"] == {"included": False}


def test_a_rule_starts_the_machine_that_cleans_up(aws: EmbeddedAws) -> None:
    cleaner = create_machine(aws, {"Clean": {"Type": "Succeed"}})
    events = aws.client("events")
    failed = {**PATTERN, "detail": {"status": ["FAILED"]}}
    events.put_rule(Name="on-failure", EventPattern=json.dumps(failed))
    events.put_targets(Rule="on-failure", Targets=[{"Id": "1", "Arn": cleaner}])
    lost = start(aws, {"No": {"Type": "Fail"}})
    steps = aws.client("stepfunctions")
    (run,) = until(lambda: steps.list_executions(stateMachineArn=cleaner)["executions"])
    event = json.loads(end_of(aws, run["executionArn"])["input"])
    assert event["detail"]["executionArn"] == lost
