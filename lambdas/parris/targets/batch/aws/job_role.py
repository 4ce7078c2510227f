"""IAM: the role of the containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


class JobRole:
    """The job role of the environment."""

    def __init__(self, client: IAMClient, arn: str) -> None:
        self._client = client
        self.name = arn.rpartition("/")[2]

    @translates_errors
    def role_id(self) -> str:
        """Return its unique id, with which `aws:userid` begins; empty if there is no such role."""
        try:
            return self._client.get_role(RoleName=self.name)["Role"]["RoleId"]
        except ClientError as err:
            if code_of(err) == "NoSuchEntity":
                return ""
            raise
