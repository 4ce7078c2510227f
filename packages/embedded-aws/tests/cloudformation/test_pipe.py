"""AWS::Pipes::Pipe is checked, created, updated and deleted."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, refusal_of, settled
from embedded_aws_helpers.pipes import pipe, queues, role

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def resources(template: str) -> dict[str, Any]:
    return {**queues(), **TOPIC, "Role": role(), "Pipe": pipe({"Ref": "Topic"}, template)}


def test_a_pipe_is_made_changed_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, resources("one"))
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    pipes = aws.client("pipes")
    (listed,) = pipes.list_pipes()["Pipes"]
    assert listed["Name"].startswith("stack-of-a-test-Pipe-")
    found = pipes.describe_pipe(Name=listed["Name"])
    assert found["TargetParameters"] == {"InputTemplate": "one"}
    body = json.dumps({"Resources": resources("two")})
    aws.client("cloudformation").update_stack(
        StackName=stack, TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
    )
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    changed = pipes.describe_pipe(Name=listed["Name"])
    assert changed["TargetParameters"] == {"InputTemplate": "two"}
    assert changed["Arn"] == found["Arn"]
    deleted(aws, stack)
    assert pipes.list_pipes()["Pipes"] == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"RoleArn": "no-arn"}, "at 'RoleArn'"),
        ({"Nonsense": 1}, "Nonsense"),
        ({"SourceParameters": {"Nonsense": {}}}, "at 'SourceParameters.Nonsense'"),
        ({"Source": None}, "at 'Source'"),
    ],
)
def test_a_pipe_that_aws_would_refuse_is_refused(
    aws: EmbeddedAws, changed: dict[str, Any], reason: str
) -> None:
    made = resources("one")
    given = {**made["Pipe"]["Properties"], **changed}
    made["Pipe"]["Properties"] = {name: value for name, value in given.items() if value is not None}
    assert reason in refusal_of(aws, made)


def test_a_pipe_of_a_role_that_does_not_trust_pipes_is_refused(strict_aws: EmbeddedAws) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    properties = {"AssumeRolePolicyDocument": {"Statement": [statement]}}
    other = {"Type": "AWS::IAM::Role", "Properties": properties}
    assert "does not trust pipes" in refusal_of(strict_aws, {**resources("one"), "Role": other})
