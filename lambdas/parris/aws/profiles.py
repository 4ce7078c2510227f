"""IAM: the instance profiles by which instances get their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


class Profiles:
    """The instance profiles of this account."""

    def __init__(self, client: IAMClient) -> None:
        self._client = client

    @translates_errors
    def role_names_of(self, profile_name: str) -> tuple[str, ...]:
        """Return the names of the roles in a profile, none where there is no such profile."""
        try:
            answer = self._client.get_instance_profile(InstanceProfileName=profile_name)
        except ClientError as err:
            if code_of(err) == "NoSuchEntity":
                return ()
            raise
        return tuple(role["RoleName"] for role in answer["InstanceProfile"]["Roles"])
