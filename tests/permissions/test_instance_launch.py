"""The stack role launches and ends an instance, whichever calls CloudFormation makes for it."""

import dataclasses
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.instance_launch import InstanceLaunch, TagsBy
from embedded_aws_helpers.waiting import wait_until
from parris_cli.project_files import snapshots_folder
from tests.permissions.template_permissions import TEMPLATE

STACK_TEMPLATE = TEMPLATE.parent / "templates" / "ec2-stack" / "training-stack.yaml"
WAYS = [InstanceLaunch(*way) for way in product(TagsBy, (False, True), (True, False))]
FURTHEST_FROM_OURS = InstanceLaunch(TagsBy.CREATE_TAGS, True, False)
BETWEEN = [way for way in WAYS[1:] if way != FURTHEST_FROM_OURS]
LONG = pytest.mark.long
OWNED = {"parris:deployment", "parris:execution", "parris:job", "parris:deadline"}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.1, stack_delete_seconds=0.1, enforce_roles=True)
    with EmbeddedAws(
        settings, folder=tmp_path_factory.mktemp("aws"), snapshots=snapshots_folder()
    ) as running:
        running.deploy(TEMPLATE, "parris")
        yield running


def name_of(way: InstanceLaunch) -> str:
    depth = "thorough" if way.is_thorough else "lean"
    return f"{way.tags_by}-{depth}-{'seen' if way.are_template_tags_seen else 'unseen'}"


def launch(aws: EmbeddedAws, way: InstanceLaunch, template: str, **parameters: str) -> str:
    """Create a job's stack as CreateStack does, and return the status in which it settles."""
    aws.context.settings = dataclasses.replace(aws.settings, instance_launch=way)
    values = {
        "DeploymentName": "parris",
        "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:parris-training:one",
        "TrainingJobName": "one",
        "Deadline": "2040-01-01T00:00:00Z",
        "BucketName": "training-bucket",
        "InstanceType": "t3.micro",
        "CpuCredits": "standard",
        "InstanceProfileName": physical_id(aws, "TrainersInstanceProfile"),
        "BackstopSeconds": "600",
        "SaveGraceSeconds": "10",
        **parameters,
    }
    role = aws.client("iam").get_role(RoleName=physical_id(aws, "StackRole"))["Role"]["Arn"]
    aws.client("cloudformation").create_stack(
        StackName="parris-one",
        TemplateBody=template,
        Parameters=[{"ParameterKey": key, "ParameterValue": text} for key, text in values.items()],
        RoleARN=role,
    )
    wait_until(lambda: not status_of(aws).endswith("IN_PROGRESS"))
    return status_of(aws)


def physical_id(aws: EmbeddedAws, logical_id: str) -> str:
    found = aws.client("cloudformation").describe_stack_resources(StackName="parris")
    (one,) = [r for r in found["StackResources"] if r["LogicalResourceId"] == logical_id]
    return str(one["PhysicalResourceId"])


def status_of(aws: EmbeddedAws) -> str:
    stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
    return next((one["StackStatus"] for one in stacks if one["StackName"] == "parris-one"), "GONE")


def tags_of(described: dict[str, Any]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in described.get("Tags", [])}


def running_instance(aws: EmbeddedAws) -> dict[str, Any]:
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    found = aws.client("ec2").describe_instances(Filters=running)["Reservations"]
    instance: dict[str, Any] = found[0]["Instances"][0]
    return instance


def end(aws: EmbeddedAws) -> None:
    aws.client("cloudformation").delete_stack(StackName="parris-one")
    wait_until(lambda: status_of(aws) == "GONE")
    for volume in aws.client("ec2").describe_volumes()["Volumes"]:
        aws.client("ec2").delete_volume(VolumeId=volume["VolumeId"])


@pytest.mark.parametrize(
    ("way", "market"),
    [
        (WAYS[0], "on-demand"),
        (FURTHEST_FROM_OURS, "on-demand"),
        (WAYS[0], "spot"),
        *(pytest.param(way, "on-demand", marks=LONG) for way in BETWEEN),
        pytest.param(FURTHEST_FROM_OURS, "spot", marks=LONG),
    ],
    ids=lambda one: one if isinstance(one, str) else name_of(one),
)
def test_a_job_is_launched_tagged_and_ended_with_the_stack_role(
    aws: EmbeddedAws, way: InstanceLaunch, market: str
) -> None:
    bid = "0.0104" if market == "spot" else ""
    launched = launch(
        aws, way, STACK_TEMPLATE.read_text(), PurchaseOption=market, SpotMaxPriceUsd=bid
    )
    try:
        assert launched == "CREATE_COMPLETE"
        (volume,) = aws.client("ec2").describe_volumes()["Volumes"]
        for described in (running_instance(aws), volume):
            assert tags_of(described).keys() >= OWNED
            assert tags_of(described)["parris:deployment"] == "parris"
        assert running_instance(aws).get("InstanceLifecycle") == (
            "spot" if market == "spot" else None
        )
    finally:
        end(aws)
    assert aws.client("ec2").describe_launch_templates()["LaunchTemplates"] == []


@pytest.mark.parametrize("way", [WAYS[0], FURTHEST_FROM_OURS], ids=name_of)
def test_nothing_is_launched_in_the_name_of_another_deployment(
    aws: EmbeddedAws, way: InstanceLaunch
) -> None:
    template = STACK_TEMPLATE.read_text()
    begin = template.index("      LaunchTemplateData:")
    others_machine = template[:begin] + template[begin:].replace("!Ref DeploymentName", "other")
    try:
        assert launch(aws, way, template, DeploymentName="other") == "ROLLBACK_COMPLETE"
        end(aws)
        assert launch(aws, way, others_machine) == "ROLLBACK_COMPLETE"
    finally:
        end(aws)


def test_an_instance_without_a_launch_template_has_to_carry_its_tags_in_the_launch(
    aws: EmbeddedAws,
) -> None:
    text = STACK_TEMPLATE.read_text()
    begin, after = text.index("      LaunchTemplate:\n"), text.index("      ImageId: !If")
    without = text[:begin] + text[after:]
    try:
        assert launch(aws, InstanceLaunch(TagsBy.RUN_INSTANCES), without) == "CREATE_COMPLETE"
        end(aws)
        assert launch(aws, InstanceLaunch(TagsBy.INSTANCE_ALONE), without) == "CREATE_COMPLETE"
        end(aws)
        assert launch(aws, InstanceLaunch(TagsBy.CREATE_TAGS), without) == "ROLLBACK_COMPLETE"
    finally:
        end(aws)
