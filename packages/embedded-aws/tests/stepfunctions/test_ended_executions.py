from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import history, run

SLEEP: dict[str, Any] = {"Type": "Wait", "Seconds": 3600, "End": True}


def test_a_timed_out_execution_has_a_stop_date_and_its_last_event(aws: EmbeddedAws) -> None:
    ended = run(aws, {"Sleep": SLEEP}, TimeoutSeconds=1)
    assert ended["status"] == "TIMED_OUT"
    assert ended["stopDate"] > ended["startDate"]
    assert history(aws, ended["executionArn"])[-1]["type"] == "ExecutionTimedOut"


def test_a_timed_out_execution_is_listed_with_its_stop_date(aws: EmbeddedAws) -> None:
    ended = run(aws, {"Sleep": SLEEP}, TimeoutSeconds=1)
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=ended["stateMachineArn"])
    assert listed["executions"][0]["stopDate"] == ended["stopDate"]


def test_an_output_that_is_a_string_is_json(aws: EmbeddedAws) -> None:
    ended = run(aws, {"Say": {"Type": "Pass", "Result": "word", "End": True}})
    assert ended["output"] == '"word"'


def test_an_output_may_hold_a_date(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket="a-bucket")
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "End": True}
    ended = run(aws, {"List": task})
    assert (ended["status"], "a-bucket" in ended["output"]) == ("SUCCEEDED", True)
