"""Services that act with a given role, or with permissions of their own."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.permissions.decisions import iterate_decisions
from embedded_aws_helpers.builders import (
    IMAGE_ID,
    create_function,
    create_stack,
    create_table,
    end_of,
    invoke,
    settled,
    until,
)
from embedded_aws_helpers.roles import ACCOUNT_ID, EVERYTHING, acting_as, allow, make_role

CLOUDFORMATION = {"Service": "cloudformation.amazonaws.com"}
STATES = {"Service": "states.amazonaws.com"}
LAMBDA = {"Service": "lambda.amazonaws.com"}
INSTANCE = {
    "Machine": {
        "Type": "AWS::EC2::Instance",
        "Properties": {"ImageId": IMAGE_ID, "Tags": [{"Key": "owner", "Value": "us"}]},
    }
}
LAUNCH = (allow("ec2:RunInstances"), allow("ec2:CreateTags"), allow("ec2:DescribeInstances"))
PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def reasons(aws: EmbeddedAws, stack: str) -> list[str]:
    events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [e["ResourceStatusReason"] for e in events if "_FAILED" in e["ResourceStatus"]]


def test_what_the_stacks_role_may_not_do_fails_the_resource_with_that_reason(
    strict_aws: EmbeddedAws,
) -> None:
    role_arn = make_role(strict_aws, "stacks", *LAUNCH[1:], trusts=CLOUDFORMATION)
    stack = create_stack(strict_aws, INSTANCE, RoleARN=role_arn)
    assert settled(strict_aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = reasons(strict_aws, stack)
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/stacks/AWSCloudFormation"
    assert f"User: {session} is not authorized to perform: ec2:RunInstances" in reason
    assert "Status Code: 403" in reason


def test_a_stack_whose_role_may_not_delete_stays_and_says_so(strict_aws: EmbeddedAws) -> None:
    role_arn = make_role(strict_aws, "stacks", *LAUNCH, trusts=CLOUDFORMATION)
    stack = create_stack(strict_aws, INSTANCE, RoleARN=role_arn)
    assert settled(strict_aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    strict_aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(strict_aws, stack)["StackStatus"] == "DELETE_FAILED"
    assert "ec2:TerminateInstances" in reasons(strict_aws, stack)[-1]

    stronger = make_role(strict_aws, "stronger", allow("ec2:*"), trusts=CLOUDFORMATION)
    strict_aws.client("cloudformation").delete_stack(StackName=stack, RoleARN=stronger)
    assert settled(strict_aws, stack)["StackStatus"] == "DELETE_COMPLETE"


def test_a_role_that_cloudformation_may_not_be_is_refused(strict_aws: EmbeddedAws) -> None:
    role_arn = make_role(strict_aws, "stacks", EVERYTHING)
    with pytest.raises(ClientError, match="is invalid or cannot be assumed"):
        create_stack(strict_aws, INSTANCE, RoleARN=role_arn)


def test_a_parameter_of_the_parameter_store_is_looked_up_as_the_stacks_role(
    strict_aws: EmbeddedAws,
) -> None:
    kind = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    parameters = {"Image": {"Type": kind, "Default": PARAMETER}}
    role_arn = make_role(strict_aws, "stacks", *LAUNCH, trusts=CLOUDFORMATION)
    with pytest.raises(ClientError, match=r"AccessDenied.*ssm:GetParameters"):
        create_stack(strict_aws, INSTANCE, RoleARN=role_arn, parameters_section=parameters)


def test_without_a_role_of_its_own_a_stack_may_do_what_its_maker_may(
    strict_aws: EmbeddedAws,
) -> None:
    maker = make_role(strict_aws, "maker", allow("cloudformation:CreateStack"), *LAUNCH[:1])
    client = acting_as(strict_aws, maker, "cloudformation")
    stack = client.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": INSTANCE}))[
        "StackId"
    ]
    assert settled(strict_aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        "assumed-role/maker/test is not authorized to perform: ec2:CreateTags"
        in (reasons(strict_aws, stack)[0])
    )


def test_a_managed_policy_of_a_stack_is_made_and_deleted_with_the_stacks_rights(
    strict_aws: EmbeddedAws,
) -> None:
    statement = allow("s3:GetObject", "arn:aws:s3:::data/*")
    resources = {
        "Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
        }
    }
    policies = f"arn:aws:iam::{ACCOUNT_ID}:policy/*"
    role_arn = make_role(
        strict_aws,
        "stacks",
        *(allow(f"iam:{verb}Policy", policies) for verb in ("Create", "Get")),
        trusts=CLOUDFORMATION,
    )
    stack = create_stack(strict_aws, resources, RoleARN=role_arn)
    assert settled(strict_aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    strict_aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(strict_aws, stack)["StackStatus"] == "DELETE_FAILED"
    assert "iam:ListEntitiesForPolicy" in reasons(strict_aws, stack)[-1]


def test_a_policy_in_a_role_is_made_and_deleted_with_the_stacks_rights(
    strict_aws: EmbeddedAws,
) -> None:
    make_role(strict_aws, "worker")
    resources = {
        "Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "read",
                "Roles": ["worker"],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow("s3:GetObject")]},
            },
        }
    }
    worker = f"arn:aws:iam::{ACCOUNT_ID}:role/worker"
    role_arn = make_role(
        strict_aws,
        "stacks",
        *(allow(f"iam:{verb}RolePolicy", worker) for verb in ("Put", "Get")),
        trusts=CLOUDFORMATION,
    )
    stack = create_stack(strict_aws, resources, RoleARN=role_arn)
    assert settled(strict_aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    strict_aws.client("cloudformation").delete_stack(StackName=stack)
    assert settled(strict_aws, stack)["StackStatus"] == "DELETE_FAILED"
    assert "iam:DeleteRolePolicy" in reasons(strict_aws, stack)[-1]


def test_a_type_whose_needs_are_not_known_is_refused_to_all_but_the_administrator(
    strict_aws: EmbeddedAws,
) -> None:
    queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
    role_arn = make_role(strict_aws, "stacks", EVERYTHING, trusts=CLOUDFORMATION)
    stack = create_stack(strict_aws, queue, RoleARN=role_arn)
    assert settled(strict_aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "does not model what this needs of AWS::SQS::Queue" in reasons(strict_aws, stack)[0]


def put_item_machine(aws: EmbeddedAws, role_arn: str) -> Any:
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
        "Parameters": {"TableName": "jobs", "Item": {"item": {"S": "one"}}},
        "End": True,
    }
    client = aws.client("stepfunctions")
    machine = client.create_state_machine(
        name="m",
        definition=json.dumps({"StartAt": "Put", "States": {"Put": put}}),
        roleArn=role_arn,
    )
    started = client.start_execution(stateMachineArn=machine["stateMachineArn"])
    return end_of(aws, started["executionArn"])


def test_a_state_machine_calls_as_its_own_role(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    role_arn = make_role(strict_aws, "machine", allow("dynamodb:PutItem"), trusts=STATES)
    assert put_item_machine(strict_aws, role_arn)["status"] == "SUCCEEDED"
    assert [(d.principal_name, d.action) for d in iterate_decisions()] == [
        ("machine", "dynamodb:PutItem")
    ]


def test_a_state_machine_whose_role_may_not_fails_with_that_error(
    strict_aws: EmbeddedAws,
) -> None:
    create_table(strict_aws)
    role_arn = make_role(strict_aws, "machine", allow("dynamodb:GetItem"), trusts=STATES)
    ended = put_item_machine(strict_aws, role_arn)
    assert ended["status"] == "FAILED"
    assert ended["error"] == "DynamoDb.DynamoDbException"
    assert "assumed-role/machine/StepFunctions is not authorized" in ended["cause"]


def test_a_role_that_step_functions_may_not_be_opens_nothing(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    ended = put_item_machine(strict_aws, make_role(strict_aws, "machine", EVERYTHING))
    assert ended["status"] == "FAILED"


CALLS = """
import boto3
def handle(event, context):
    boto3.client("dynamodb").put_item(TableName="jobs", Item={"item": {"S": "one"}})
"""


def test_a_function_calls_as_its_own_role(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    may = make_role(strict_aws, "may", allow("dynamodb:PutItem"), trusts=LAMBDA)
    may_not = make_role(strict_aws, "may-not", trusts=LAMBDA)
    create_function(strict_aws, CALLS, FunctionName="one", Role=may)
    create_function(strict_aws, CALLS, FunctionName="two", Role=may_not)
    assert invoke(strict_aws, name="one") == (None, None)
    kind, answer = invoke(strict_aws, name="two")
    assert kind == "Unhandled"
    assert "AccessDeniedException" in answer["errorMessage"]


def test_lambda_writes_no_log_where_the_functions_role_may_not(strict_aws: EmbeddedAws) -> None:
    writes = make_role(strict_aws, "writes", allow("logs:*"), trusts=LAMBDA)
    silent = make_role(strict_aws, "silent", trusts=LAMBDA)
    for name, role_arn in (("loud", writes), ("quiet", silent)):
        create_function(
            strict_aws, "def handle(event, context): pass", FunctionName=name, Role=role_arn
        )
        invoke(strict_aws, name=name)
    groups = strict_aws.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/lambda/loud"]


@pytest.mark.parametrize("is_let_in", [True, False])
def test_events_reach_a_function_only_where_its_own_policy_lets_them_in(
    strict_aws: EmbeddedAws, is_let_in: bool
) -> None:
    arn = create_function(strict_aws, "def handle(event, context): pass")
    events = strict_aws.client("events")
    pattern = json.dumps({"source": ["test"]})
    rule_arn = events.put_rule(Name="r", EventPattern=pattern)["RuleArn"]
    events.put_targets(Rule="r", Targets=[{"Id": "f", "Arn": arn}])
    strict_aws.client("lambda").add_permission(
        FunctionName=arn,
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn if is_let_in else f"{rule_arn}-other",
    )
    events.put_events(Entries=[{"Source": "test", "DetailType": "t", "Detail": "{}"}])
    decision = until(
        lambda: [d for d in iterate_decisions() if d.principal_name == "events.amazonaws.com"]
    )[0]
    assert (decision.action, decision.is_allowed) == ("lambda:InvokeFunction", is_let_in)
    if is_let_in:  # it has run when Lambda comes to write its log, which this role may not
        until(lambda: [d for d in iterate_decisions() if d.action == "logs:CreateLogGroup"])
