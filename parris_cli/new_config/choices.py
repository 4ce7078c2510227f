"""What the account has for a job to use: subnets, security groups, key pairs and roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.aws_errors import describe_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import boto3
    from mypy_boto3_ec2.type_defs import TagTypeDef

# More than this cannot be overlooked, and the config takes any other as well.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A value for a key of the config, and what it is."""

    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of one key. `note` says why there are none, empty if there are or none exist."""

    key: str
    title: str
    choices: tuple[Choice, ...]
    note: str = ""


def find_choices(session: boto3.Session) -> Iterator[Choices]:
    """Yield the choices of each key, in the order of the questions."""
    finders: Mapping[tuple[str, str], Callable[[boto3.Session], Sequence[Choice]]] = {
        ("subnet-id", "Subnet"): _subnets,
        ("security-group-id", "Security group"): _security_groups,
        ("ec2-keypair-name", "Key pair to log in with"): _key_pairs,
        ("instance-iam-role-name", "Role of the machine"): _instance_profiles,
    }
    for (key, title), find in finders.items():
        try:
            yield Choices(key, title, tuple(find(session))[:_MOST])
        except (BotoCoreError, ClientError) as err:
            yield Choices(key, title, (), describe_error(err))


def _subnets(session: boto3.Session) -> list[Choice]:
    pages = session.client("ec2").get_paginator("describe_subnets").paginate()
    return [
        Choice(
            one["SubnetId"],
            " ".join(
                filter(None, (one["AvailabilityZone"], one["CidrBlock"], _name(one.get("Tags"))))
            ),
        )
        for page in pages
        for one in page["Subnets"]
    ]


def _security_groups(session: boto3.Session) -> list[Choice]:
    pages = session.client("ec2").get_paginator("describe_security_groups").paginate()
    return [
        Choice(one["GroupId"], f"{one['GroupName']} in {one.get('VpcId', 'no VPC')}")
        for page in pages
        for one in page["SecurityGroups"]
    ]


def _key_pairs(session: boto3.Session) -> list[Choice]:
    found = session.client("ec2").describe_key_pairs()["KeyPairs"]
    return [Choice(one["KeyName"], one.get("KeyType", "")) for one in found]


def _instance_profiles(session: boto3.Session) -> list[Choice]:
    """Return the roles that an instance can have. The deployment must allow the chosen one."""
    pages = session.client("iam").get_paginator("list_instance_profiles").paginate()
    return [
        Choice(role["RoleName"], "must be one of the deployment's AllowedTrainerRoleArns")
        for page in pages
        for one in page["InstanceProfiles"]
        for role in one["Roles"]
        if role["RoleName"] == one["InstanceProfileName"]
    ]


def _name(tags: Sequence[TagTypeDef] | None) -> str:
    return next((tag["Value"] for tag in tags or () if tag["Key"] == "Name"), "")
