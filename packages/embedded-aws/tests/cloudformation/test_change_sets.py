import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs, settled

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Word": {"Type": "String", "Default": "a"}},
    "Conditions": {"SaysB": {"Fn::Equals": [{"Ref": "Word"}, "b"]}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "SaysB"},
    },
    "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}, "Word": {"Value": {"Ref": "Word"}}},
}


def make_change_set(aws: EmbeddedAws, kind: str, word: str, name: str) -> dict[str, Any]:
    formation = aws.client("cloudformation")
    formation.create_change_set(
        StackName="changed",
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": "Word", "ParameterValue": word}],
    )
    described: dict[str, Any] = formation.describe_change_set(
        StackName="changed", ChangeSetName=name
    )
    return described


def deploy(aws: EmbeddedAws, kind: str, word: str, name: str) -> dict[str, str]:
    make_change_set(aws, kind, word, name)
    aws.client("cloudformation").execute_change_set(StackName="changed", ChangeSetName=name)
    return outputs(aws, "changed")


def test_a_stack_made_by_a_change_set_has_outputs(aws: EmbeddedAws) -> None:
    assert deploy(aws, "CREATE", "a", "first")["Topic"].startswith("arn:aws:sns:")


def test_a_changed_parameter_is_applied_with_the_conditions_on_it(aws: EmbeddedAws) -> None:
    deploy(aws, "CREATE", "a", "first")
    assert "QueueUrls" not in aws.client("sqs").list_queues()
    assert deploy(aws, "UPDATE", "b", "second")["Word"] == "b"
    assert settled(aws, "changed")["StackStatus"] == "UPDATE_COMPLETE"
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_resource_whose_condition_turned_false_is_removed(aws: EmbeddedAws) -> None:
    deploy(aws, "CREATE", "b", "first")
    deploy(aws, "UPDATE", "a", "second")
    assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_an_empty_change_set_is_reported(aws: EmbeddedAws) -> None:
    deploy(aws, "CREATE", "a", "first")
    assert make_change_set(aws, "UPDATE", "a", "second")["Status"] == "FAILED"


def test_a_change_set_cannot_create_what_exists(aws: EmbeddedAws) -> None:
    create_stack(
        aws, TEMPLATE["Resources"] | {"Queue": {"Type": "AWS::SQS::Queue"}}, StackName="changed"
    )
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        make_change_set(aws, "CREATE", "a", "first")
