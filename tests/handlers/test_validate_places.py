"""ValidateConfig asks EC2 for what a config names, before anything is launched there."""

from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from tests.handlers.conftest import with_settings
from tests.handlers.test_validate_config import job_of, violations_of


@pytest.fixture
def own(aws: EmbeddedAws) -> dict[str, Any]:
    """A subnet, a security group and a key pair that there are."""
    ec2 = aws.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
    ec2.create_key_pair(KeyName="my key*")
    return {
        "subnet-id": subnet["SubnetId"],
        "security-group-id": groups["SecurityGroups"][0]["GroupId"],
        "ec2-keypair-name": "my key*",
    }


def test_what_is_there_is_no_violation(deps: Deps, own: dict[str, Any]) -> None:
    job_of(deps, own)
    job_of(deps, {**own, "instance-type": ["c5.large", "g5.xlarge"]})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("subnet-id", "subnet-0123456789abcdef0", "aws ec2 describe-subnets lists them"),
        ("security-group-id", "sg-0123456789abcdef0", "aws ec2 describe-security-groups lists"),
        ("ec2-keypair-name", "my key", "a key pair of this account in us-east-1"),
        ("ec2-keypair-name", "my*", "a key pair of this account in us-east-1"),
        ("instance-type", "z9.mega", "offers; aws ec2 describe-instance-type-offerings lists"),
        ("instance-type", "c5.larg", "an instance type that us-east-1 offers; did you mean c5.la"),
        ("instance-type", "g5.xlrage", "did you mean g5.xlarge?"),
    ],
)
def test_what_is_not_there_is_a_violation_that_says_how_to_find_it(
    deps: Deps, own: dict[str, Any], key: str, value: str, message: str
) -> None:
    config = {**own, key: value}
    if key == "instance-type":
        del config["subnet-id"]
    (violation,) = violations_of(deps, config)
    assert f"/{key}: found" in violation
    assert message in violation


def test_each_subnet_of_a_list_is_looked_for(deps: Deps, own: dict[str, Any]) -> None:
    subnets = [own["subnet-id"], "subnet-0123456789abcdef0"]
    (violation,) = violations_of(deps, {"subnet-id": subnets})
    assert violation.startswith("1. /subnet-id/1: ")


def test_a_group_of_another_vpc_is_a_violation(
    deps: Deps, aws: EmbeddedAws, own: dict[str, Any]
) -> None:
    ec2 = aws.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="far", Description="far", VpcId=vpc_id)["GroupId"]

    (violation,) = violations_of(deps, {**own, "security-group-id": group})

    assert f"this one is of {vpc_id}" in violation
    of_deployment = with_settings(deps, {"PARRIS_SUBNET_ID": own["subnet-id"]})
    (violation,) = violations_of(of_deployment, {"security-group-id": group})
    assert f"this one is of {vpc_id}" in violation


def test_a_type_that_no_zone_of_the_subnets_offers_is_a_violation(
    deps: Deps, aws: EmbeddedAws
) -> None:
    # The oldest of the zones has few types.
    by_zone = {
        one["AvailabilityZone"]: one["SubnetId"]
        for one in aws.client("ec2").describe_subnets()["Subnets"]
    }
    old, other = by_zone["us-east-1e"], by_zone["us-east-1a"]

    (violation,) = violations_of(deps, {"subnet-id": old, "instance-type": "c5.large"})

    assert violation.startswith("1. /instance-type: ")
    assert "zone us-east-1e of the subnet offers; did you mean c" in violation
    job_of(deps, {"subnet-id": [old, other], "instance-type": "c5.large"})


def test_a_type_that_does_not_exist_is_not_blamed_for_its_price(deps: Deps) -> None:
    limited = {
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 20},
        "instance-type": ["t3.micro", "c5.larg"],
    }
    (violation,) = violations_of(deps, limited)
    assert violation.startswith("1. /instance-type/1: ")
    assert "did you mean c5.large?" in violation


def test_a_price_of_ones_own_does_not_make_a_type(deps: Deps) -> None:
    (violation,) = violations_of(deps, {"instance-type": "z9.mega", "hourly-price-usd": 1})
    assert "an instance type that us-east-1 offers" in violation
