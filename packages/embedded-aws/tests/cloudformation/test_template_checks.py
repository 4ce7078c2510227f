from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, settled

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
ROLE: dict[str, Any] = {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
}


def ask_with(aws: EmbeddedAws, declaration: dict[str, Any], value: str | None) -> str:
    given = [] if value is None else [{"ParameterKey": "Word", "ParameterValue": value}]
    return create_stack(aws, TOPIC, parameters_section={"Word": declaration}, Parameters=given)


@pytest.mark.parametrize(
    ("declaration", "value", "message"),
    [
        ({"Type": "String"}, None, r"\[Word\] must have values"),
        ({"Type": "String", "AllowedValues": ["a"]}, "b", "must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "a+"}, "ab", r"must match pattern a\+"),
        (
            {"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "only a"},
            "b",
            "only a",
        ),
        ({"Type": "String", "MinLength": 2}, "a", "at least 2 characters"),
        ({"Type": "Number"}, "a", "must be a number"),
        ({"Type": "Number", "MinValue": 2}, "1", "not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "3", "not greater than 2"),
    ],
)
def test_a_value_that_the_declaration_does_not_allow_is_refused(
    aws: EmbeddedAws, declaration: dict[str, Any], value: str | None, message: str
) -> None:
    with pytest.raises(ClientError, match=f"ValidationError.*{message}"):
        ask_with(aws, declaration, value)


def test_allowed_numbers_are_compared_as_numbers_are_written(aws: EmbeddedAws) -> None:
    stack = ask_with(aws, {"Type": "Number", "AllowedValues": [1, 30]}, "30")
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"


def test_a_parameter_that_the_template_does_not_have_is_refused(aws: EmbeddedAws) -> None:
    given = [{"ParameterKey": "Wrod", "ParameterValue": "a"}]
    with pytest.raises(ClientError, match=r"\[Wrod\] do not exist in the template"):
        create_stack(aws, TOPIC, Parameters=given)


def test_a_type_that_is_not_known_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types.*AWS::None::Such"):
        create_stack(aws, {"None": {"Type": "AWS::None::Such"}})


@pytest.mark.parametrize(
    ("properties", "given", "missing"),
    [
        ({}, [], "CAPABILITY_IAM"),
        ({"RoleName": "a"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
    ],
)
def test_iam_resources_must_be_acknowledged(
    aws: EmbeddedAws, properties: dict[str, Any], given: list[str], missing: str
) -> None:
    role = {"Role": {**ROLE["Role"], "Properties": {**ROLE["Role"]["Properties"], **properties}}}
    with pytest.raises(ClientError, match=rf"InsufficientCapabilities.*\[{missing}\]"):
        create_stack(aws, role, Capabilities=given)


def test_a_refused_request_leaves_no_stack(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError):
        create_stack(aws, {"None": {"Type": "AWS::None::Such"}})
    assert aws.client("cloudformation").list_stacks()["StackSummaries"] == []


ALIASED = """
Resources:
  One: { Type: AWS::SNS::Topic, Properties: { Tags: &tags [{ Key: a, Value: b }] } }
  Two: { Type: AWS::SNS::Topic, Properties: { Tags: *tags } }
"""


def test_every_operation_refuses_yaml_aliases(aws: EmbeddedAws) -> None:
    cloudformation = aws.client("cloudformation")
    with pytest.raises(ClientError, match="YAML aliases are not allowed"):
        cloudformation.create_stack(StackName="one", TemplateBody=ALIASED)
    with pytest.raises(ClientError, match="YAML aliases are not allowed"):
        cloudformation.get_template_summary(TemplateBody=ALIASED)
    with pytest.raises(ClientError, match="YAML aliases are not allowed"):
        cloudformation.validate_template(TemplateBody=ALIASED)


def test_an_asterisk_in_a_text_is_not_an_alias(aws: EmbeddedAws) -> None:
    plain = ALIASED.replace("&tags ", "").replace("*tags", '[{ Key: a, Value: "*tags" }]')
    # Not ValidateTemplate, for which moto imports cfn-lint: that takes seconds.
    aws.client("cloudformation").get_template_summary(TemplateBody=plain)
