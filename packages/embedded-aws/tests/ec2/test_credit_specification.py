"""Burstable instances have the credit mode that their template gives them."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.waiting import wait_until


def settled(aws: EmbeddedAws, name: str, **properties: Any) -> str:
    """Create a stack of one instance and return the status in which it settles."""
    body = {"ImageId": "ami-12c6146b", **properties}
    template = {"Resources": {"Machine": {"Type": "AWS::EC2::Instance", "Properties": body}}}
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    wait_until(lambda: not status().endswith("IN_PROGRESS"))
    return status()


def mode_of(aws: EmbeddedAws, name: str) -> list[str]:
    resources = aws.client("cloudformation").describe_stack_resources(StackName=name)
    ids = [one["PhysicalResourceId"] for one in resources["StackResources"]]
    described = aws.client("ec2").describe_instance_credit_specifications(InstanceIds=ids)
    return [one["CpuCredits"] for one in described["InstanceCreditSpecifications"]]


@pytest.mark.parametrize(
    ("instance_type", "given", "mode"),
    [
        ("t3.micro", {"CreditSpecification": {"CPUCredits": "standard"}}, ["standard"]),
        ("t3.micro", {}, ["unlimited"]),
        ("t2.micro", {}, ["standard"]),
        ("c5.large", {}, []),
    ],
)
def test_an_instance_has_the_mode_that_it_was_given_or_its_types(
    aws: EmbeddedAws, instance_type: str, given: dict[str, Any], mode: list[str]
) -> None:
    assert settled(aws, "one", InstanceType=instance_type, **given) == "CREATE_COMPLETE"
    assert mode_of(aws, "one") == mode


def test_a_type_without_credits_takes_no_mode(aws: EmbeddedAws) -> None:
    given = {"CreditSpecification": {"CPUCredits": "standard"}}
    assert settled(aws, "one", InstanceType="c5.large", **given) != "CREATE_COMPLETE"
