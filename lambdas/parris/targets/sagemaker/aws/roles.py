"""IAM: the roles that this target makes for its jobs, below the path of the deployment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import ResourceExistsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_iam import IAMClient

    from parris.payloads import Payload

_POLICY = "job"
_DESCRIPTION = "What one training job may do; Parris deletes it when the job has ended"


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its tags."""

    name: str
    arn: str
    created_at: datetime
    tags: Mapping[str, str]


class Roles:
    """The roles below one path.

    IAM is global: the path names deployment and Region, so that two deployments do not meet.
    """

    def __init__(self, client: IAMClient, path: str) -> None:
        self._client = client
        self._path = path

    @translates_errors
    def create(self, name: str, trust: Payload, boundary_arn: str, tags: Mapping[str, str]) -> str:
        """Make a role within a permissions boundary and return its ARN.

        Raises:
            ResourceExistsError: if there is a role of that name.
        """
        try:
            made = self._client.create_role(
                RoleName=name,
                Path=self._path,
                Description=_DESCRIPTION,
                AssumeRolePolicyDocument=json.dumps(trust),
                PermissionsBoundary=boundary_arn,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except ClientError as err:
            if code_of(err) == "EntityAlreadyExists":
                raise ResourceExistsError(f"a role {name} exists already") from err
            raise
        return made["Role"]["Arn"]

    @translates_errors
    def allow(self, name: str, policy: Payload) -> None:
        """Give a role its permissions, in place of earlier ones."""
        self._client.put_role_policy(
            RoleName=name, PolicyName=_POLICY, PolicyDocument=json.dumps(policy)
        )

    @translates_errors
    def find(self, name: str) -> Role | None:
        """Return the role with that name, or None if there is none."""
        try:
            found = self._client.get_role(RoleName=name)["Role"]
        except ClientError as err:
            if code_of(err) == "NoSuchEntity":
                return None
            raise
        tags = {one["Key"]: one["Value"] for one in found.get("Tags", [])}
        return Role(found["RoleName"], found["Arn"], found["CreateDate"], tags)

    def all(self) -> tuple[Role, ...]:
        """Return all roles below the path."""
        # A list of roles has no tags.
        found = (self.find(name) for name in self._names())
        return tuple(one for one in found if one is not None)

    @translates_errors
    def delete(self, name: str) -> None:
        """Delete a role with its permissions, unless that has happened."""
        try:
            self._client.delete_role_policy(RoleName=name, PolicyName=_POLICY)
        except ClientError as err:
            if code_of(err) != "NoSuchEntity":
                raise
        try:
            self._client.delete_role(RoleName=name)
        except ClientError as err:
            if code_of(err) != "NoSuchEntity":
                raise

    @translates_errors
    def _names(self) -> list[str]:
        pages = self._client.get_paginator("list_roles").paginate(PathPrefix=self._path)
        return [one["RoleName"] for page in pages for one in page["Roles"]]
