"""IAM: the instance profiles that give instances their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import RoleTypeDef


class Profiles:
    """The instance profiles of this account."""

    def __init__(self, client: IAMClient) -> None:
        self._client = client

    def role_names_of(self, profile_name: str) -> tuple[str, ...]:
        """Return the names of the roles in a profile; empty if there is no such profile."""
        return tuple(role["RoleName"] for role in self._roles_of(profile_name))

    def role_id_of(self, profile_name: str) -> str:
        """Return the unique id of the role in a profile; empty if there is none."""
        return next((role["RoleId"] for role in self._roles_of(profile_name)), "")

    @translates_errors
    def _roles_of(self, profile_name: str) -> Sequence[RoleTypeDef]:
        try:
            response = self._client.get_instance_profile(InstanceProfileName=profile_name)
        except ClientError as err:
            if code_of(err) == "NoSuchEntity":
                return ()
            raise
        return response["InstanceProfile"]["Roles"]
