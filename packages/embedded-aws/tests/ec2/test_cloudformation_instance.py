"""An instance of a stack follows its template, and the stack ends no other instance."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.instances import await_state, describe, state_of
from embedded_aws_helpers.waiting import wait_until


def create(aws: EmbeddedAws, name: str, **properties: Any) -> dict[str, str]:
    """Create a stack of one instance and return its resource, when the stack is settled."""
    body = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro", **properties}
    template = {"Resources": {"Machine": {"Type": "AWS::EC2::Instance", "Properties": body}}}
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def is_settled() -> bool:
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return not str(status).endswith("IN_PROGRESS")

    wait_until(is_settled)
    found = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    resource: dict[str, str] = found[0]
    return resource


@pytest.mark.parametrize("behaviour", ["stop", "terminate"])
def test_metadata_options_and_shutdown_behaviour_are_kept(aws: EmbeddedAws, behaviour: str) -> None:
    instance_id = create(
        aws,
        "one",
        InstanceInitiatedShutdownBehavior=behaviour,
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    )["PhysicalResourceId"]

    options = describe(aws, instance_id)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    asked = aws.client("ec2").describe_instance_attribute(
        InstanceId=instance_id, Attribute="instanceInitiatedShutdownBehavior"
    )
    assert asked["InstanceInitiatedShutdownBehavior"]["Value"] == behaviour


@pytest.mark.parametrize("is_propagated", [True, False])
def test_tags_reach_the_volume_only_where_the_template_says_so(
    aws: EmbeddedAws, is_propagated: bool
) -> None:
    create(
        aws,
        "one",
        Tags=[{"Key": "owner", "Value": "me"}],
        PropagateTagsToVolumeOnCreation=is_propagated,
    )

    (volume,) = aws.client("ec2").describe_volumes()["Volumes"]
    tags = {tag["Key"]: tag["Value"] for tag in volume.get("Tags", [])}
    assert tags.get("owner") == ("me" if is_propagated else None)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_volume_goes_with_its_instance_unless_the_template_keeps_it(
    aws: EmbeddedAws, is_deleted: bool
) -> None:
    ebs = {"VolumeSize": 20, "VolumeType": "gp3", "Encrypted": True}
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {**ebs, "DeleteOnTermination": is_deleted}}
    instance_id = create(aws, "one", BlockDeviceMappings=[mapping])["PhysicalResourceId"]

    aws.client("cloudformation").delete_stack(StackName="one")

    await_state(aws, instance_id, "terminated")
    assert len(aws.client("ec2").describe_volumes()["Volumes"]) == (0 if is_deleted else 1)


def test_a_stack_ends_its_own_instance_and_no_other_of_the_same_logical_name(
    aws: EmbeddedAws,
) -> None:
    first = create(aws, "one")["PhysicalResourceId"]
    second = create(aws, "two")["PhysicalResourceId"]

    aws.client("cloudformation").delete_stack(StackName="one")

    await_state(aws, first, "terminated")
    assert state_of(aws, second) == "running"


def test_a_property_that_is_not_modelled_is_refused_by_its_name(aws: EmbeddedAws) -> None:
    resource = create(aws, "one", HibernationOptions={"Configured": True})

    assert resource["ResourceStatus"] in ("CREATE_FAILED", "DELETE_COMPLETE")
    events = aws.client("cloudformation").describe_stack_events(StackName="one")["StackEvents"]
    assert any("HibernationOptions" in e.get("ResourceStatusReason", "") for e in events)


def test_a_type_out_of_stock_is_the_reason_in_the_stacks_events(aws: EmbeddedAws) -> None:
    create(aws, "one", InstanceType="p5.48xlarge")

    events = aws.client("cloudformation").describe_stack_events(StackName="one")["StackEvents"]
    assert any("p5.48xlarge capacity" in e.get("ResourceStatusReason", "") for e in events)
