import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, describe, settled

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "batch.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def resources(aws: EmbeddedAws, command: str, **changed: Any) -> dict[str, Any]:
    """Return the resources of a template with a queue on Fargate."""
    ec2 = aws.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    (group,) = [one["GroupId"] for one in groups if one["VpcId"] == subnet["VpcId"]][:1]
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _TRUST}},
        "Environment": {
            "Type": "AWS::Batch::ComputeEnvironment",
            "Properties": {
                "Type": "managed",
                "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
                "Tags": {"Team": "Vision"},
                "ComputeResources": {
                    "Type": "FARGATE",
                    "MaxvCpus": "16",
                    "Subnets": [subnet["SubnetId"]],
                    "SecurityGroupIds": [group],
                    **changed,
                },
            },
        },
        "Queue": {
            "Type": "AWS::Batch::JobQueue",
            "Properties": {
                "JobQueueName": "a-queue",
                "Priority": 1,
                "Tags": {"Team": "Vision"},
                "ComputeEnvironmentOrder": [
                    {"Order": 1, "ComputeEnvironment": {"Ref": "Environment"}}
                ],
            },
        },
        "Definition": {
            "Type": "AWS::Batch::JobDefinition",
            "Properties": {
                "JobDefinitionName": "a-definition",
                "Type": "container",
                "PlatformCapabilities": ["FARGATE"],
                "PropagateTags": True,
                "Parameters": {"Size": "large"},
                "Timeout": {"AttemptDurationSeconds": "60"},
                "Tags": {"Team": "Vision"},
                "ContainerProperties": {
                    "Image": "python:3.13",
                    "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Command": [command],
                    "ResourceRequirements": [
                        {"Type": "VCPU", "Value": "1"},
                        {"Type": "MEMORY", "Value": "2048"},
                    ],
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "a-group"},
                    },
                },
            },
        },
    }


def update(aws: EmbeddedAws, stack: str, changed: dict[str, Any]) -> str:
    """Update the stack, and return its status once it is settled."""
    aws.client("cloudformation").update_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Resources": changed}),
        Capabilities=["CAPABILITY_IAM"],
    )
    return str(settled(aws, stack)["StackStatus"])


@pytest.fixture
def stack(aws: EmbeddedAws) -> str:
    """Return the id of a stack with a queue."""
    made = create_stack(aws, resources(aws, "true"))
    assert settled(aws, made)["StackStatus"] == "CREATE_COMPLETE"
    return made


def test_a_queue_its_environment_and_a_definition_are_as_their_template_says(
    aws: EmbeddedAws, stack: str
) -> None:
    batch = aws.client("batch")
    (queue,) = batch.describe_job_queues(jobQueues=["a-queue"])["jobQueues"]
    (order,) = queue["computeEnvironmentOrder"]
    (environment,) = batch.describe_compute_environments(
        computeEnvironments=[order["computeEnvironment"]]
    )["computeEnvironments"]
    (definition,) = batch.describe_job_definitions(jobDefinitionName="a-definition")[
        "jobDefinitions"
    ]
    assert describe(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    assert (queue["priority"], queue["state"]) == (1, "ENABLED")
    assert environment["type"] == "MANAGED"
    assert environment["computeResources"]["maxvCpus"] == 16
    assert definition["timeout"] == {"attemptDurationSeconds": 60}
    assert definition["platformCapabilities"] == ["FARGATE"]
    assert definition["propagateTags"] is True
    assert definition["parameters"] == {"Size": "large"}
    container = definition["containerProperties"]
    assert container["command"] == ["true"]
    assert container["logConfiguration"]["options"] == {"awslogs-group": "a-group"}
    assert [one["tags"] for one in (queue, environment, definition)] == [{"Team": "Vision"}] * 3


def test_an_update_changes_capacity_and_makes_a_revision(aws: EmbeddedAws, stack: str) -> None:
    assert update(aws, stack, resources(aws, "false", MaxvCpus=8)) == "UPDATE_COMPLETE"

    batch = aws.client("batch")
    (environment,) = batch.describe_compute_environments()["computeEnvironments"]
    assert environment["computeResources"]["maxvCpus"] == 8
    (active,) = batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    assert (active["revision"], active["containerProperties"]["command"]) == (2, ["false"])


def test_an_update_that_needs_another_environment_is_refused(aws: EmbeddedAws, stack: str) -> None:
    assert "ROLLBACK" in update(aws, stack, resources(aws, "true", Type="FARGATE_SPOT"))


def test_a_deleted_stack_leaves_no_queue(aws: EmbeddedAws, stack: str) -> None:
    deleted(aws, stack)

    batch = aws.client("batch")
    assert batch.describe_job_queues()["jobQueues"] == []
    assert batch.describe_compute_environments()["computeEnvironments"] == []
    assert batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []
