"""AWS::Chatbot::SlackChannelConfiguration is checked."""

from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, outputs, refusal_of


def resources(service: str = "chatbot.amazonaws.com", **changed: Any) -> dict[str, Any]:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    properties = {
        "ConfigurationName": "channel",
        "SlackWorkspaceId": "T0123456789",
        "SlackChannelId": "C0123456789",
        "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "GuardrailPolicies": ["arn:aws:iam::aws:policy/AWSDenyAll"],
        "SnsTopicArns": [{"Ref": "Topic"}],
        **changed,
    }
    return {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Statement": [trust]}},
        },
        "Channel": {"Type": "AWS::Chatbot::SlackChannelConfiguration", "Properties": properties},
    }


def test_a_channel_has_an_arn_and_leaves_nothing(strict_aws: EmbeddedAws) -> None:
    names = {"Arn": {"Value": {"Ref": "Channel"}}}
    stack = create_stack(strict_aws, resources(), outputs=names)
    found = outputs(strict_aws, stack)["Arn"]
    assert found == "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/channel"
    deleted(strict_aws, stack)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"SlackWorkspaceId": "small letters"}, "at 'SlackTeamId'"),
        ({"SnsTopicArns": ["arn:aws:sns:us-east-1:123456789012:nobody"]}, "does not exist"),
        ({"GuardrailPolicies": ["AWSDenyAll"]}, "at 'GuardrailPolicyArns[0]'"),
        ({"ConfigurationName": "with a blank"}, "at 'ConfigurationName'"),
        ({"service": "lambda.amazonaws.com"}, "does not trust chatbot"),
    ],
)
def test_what_aws_would_refuse_is_refused(
    strict_aws: EmbeddedAws, changed: dict[str, Any], reason: str
) -> None:
    assert reason in refusal_of(strict_aws, resources(**changed))
