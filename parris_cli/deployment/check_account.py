"""Checks that what a deployment's parameters name exists in the account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from parris.aws.translate_errors import code_of
from parris.validation.violations import Violation, shown
from parris_cli.aws_errors import describe_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import boto3

_SUBNET, _GROUP, _BUCKET = "SubnetId", "SecurityGroupId", "TrainingBucketName"
_ROLE, _ROLES = "LambdaRoleArn", "AllowedTrainerRoleArns"
_MISSING = frozenset(
    {
        "InvalidSubnetID.NotFound",
        "InvalidGroup.NotFound",
        "InvalidSubnetID.Malformed",
        "InvalidGroupId.Malformed",
        "InvalidGroupId.NotFound",
        "InvalidParameterValue",
        "NoSuchEntity",
        "NoSuchBucket",
        "404",
    }
)


class AccountCheck:
    """Checks the values of parameters against the account.

    `violations` lists what is wrong; `unknown` says what could not be checked.
    """

    def __init__(self, session: boto3.Session) -> None:
        self._session = session
        self.violations: list[Violation] = []
        self.unknown: list[str] = []

    def find_violations(self, values: Mapping[str, str]) -> None:
        """Check everything that the parameters name."""
        subnet_vpc = self._vpc_of_subnet(values.get(_SUBNET, ""))
        group_vpc = self._vpc_of_group(values.get(_GROUP, ""))
        if subnet_vpc and group_vpc and subnet_vpc != group_vpc:
            expected = f"a security group of {subnet_vpc}, where {values[_SUBNET]} is"
            found = f"{shown(values[_GROUP])} of {group_vpc}"
            self.violations.append(Violation(_GROUP, found, expected))
        if name := values.get(_BUCKET, ""):
            expected = "an existing bucket of yours; empty for a bucket of the stack"
            self._ask(_BUCKET, name, expected, lambda: self._client("s3").head_bucket(Bucket=name))
        arns = [(_ROLE, values.get(_ROLE, ""))]
        arns += [(_ROLES, one.strip()) for one in values.get(_ROLES, "").split(",")]
        for parameter, arn in arns:
            role = arn.rpartition("/")[2]
            # A pattern does not name a single role.
            if role and "*" not in arn:
                request = partial(self._client("iam").get_role, RoleName=role)
                self._ask(parameter, arn, "a role of this account", request)

    def _vpc_of_subnet(self, subnet_id: str) -> str:
        if not subnet_id:
            return ""
        response = self._ask(
            _SUBNET,
            subnet_id,
            "a subnet of this account and Region",
            lambda: self._client("ec2").describe_subnets(SubnetIds=[subnet_id]),
        )
        return response["Subnets"][0]["VpcId"] if response else ""

    def _vpc_of_group(self, group_id: str) -> str:
        if not group_id:
            return ""
        response = self._ask(
            _GROUP,
            group_id,
            "a security group of this account and Region",
            lambda: self._client("ec2").describe_security_groups(GroupIds=[group_id]),
        )
        return response["SecurityGroups"][0]["VpcId"] if response else ""

    def _ask(self, parameter: str, value: str, expected: str, call: Callable[[], Any]) -> Any:
        """Return the response of a call, None if there is none."""
        try:
            return call()
        except ClientError as err:
            if code_of(err) in _MISSING:
                self.violations.append(
                    Violation(parameter, shown(value), f"{expected}; it does not exist")
                )
            else:
                self.unknown.append(f"{parameter}: {describe_error(err)}")
        except BotoCoreError as err:
            self.unknown.append(f"{parameter}: {describe_error(err)}")
        return None

    def _client(self, service: str) -> Any:
        return self._session.client(service)  # type: ignore[call-overload]
