"""IAM: the role of the containers, and that with which ECS starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


class ContainerRoles:
    """The two roles that the environment makes, by the names that it gives them.

    Args:
        client: the client of IAM.
        job_role_arn: what the containers may do.
        execution_role_arn: what ECS may do to start them.
    """

    def __init__(self, client: IAMClient, job_role_arn: str, execution_role_arn: str) -> None:
        self._client = client
        self.job_role = job_role_arn.rpartition("/")[2]
        self._execution_role = execution_role_arn.rpartition("/")[2]

    def job_role_id(self) -> str:
        """Return the unique id with which `aws:userid` begins; empty if there is no such role."""
        return self._id_of(self.job_role)

    def missing(self) -> tuple[str, ...]:
        """Return the names of those that do not exist."""
        names = dict.fromkeys((self.job_role, self._execution_role))
        return tuple(name for name in names if not self._id_of(name))

    @translates_errors
    def _id_of(self, name: str) -> str:
        try:
            return self._client.get_role(RoleName=name)["Role"]["RoleId"]
        except ClientError as err:
            if code_of(err) == "NoSuchEntity":
                return ""
            raise
