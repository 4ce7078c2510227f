"""CloudFormation: the stack of the deployment itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


class DeploymentStack:
    """The stack that `sam deploy` makes."""

    def __init__(self, client: CloudFormationClient) -> None:
        self._client = client

    @translates_errors
    def status_of(self, stack_id: str) -> str:
        """Return the status of the stack, e.g. `UPDATE_IN_PROGRESS`."""
        return self._client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
