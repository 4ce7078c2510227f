"""Step Functions: how an execution starts, whether it is alive, and how a sleeping one is woken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Executions:
    """The executions of this deployment's state machine."""

    def __init__(self, client: SFNClient) -> None:
        self._client = client

    @translates_errors
    def start(self, state_machine_arn: str, name: str, execution_input: str) -> None:
        """Start an execution; one of that name that runs, or has run in 90 days, is fine.

        Args:
            state_machine_arn: the workflow.
            name: up to 80 letters, digits, `-` and `_`.
            execution_input: JSON.
        """
        try:
            self._client.start_execution(
                stateMachineArn=state_machine_arn, name=name, input=execution_input
            )
        except ClientError as err:
            if code_of(err) != "ExecutionAlreadyExists":
                raise

    @translates_errors
    def is_alive(self, execution_arn: str) -> bool:
        """Return whether the execution runs. Only "does not exist" and an end mean no."""
        try:
            answer = self._client.describe_execution(executionArn=execution_arn)
        except ClientError as err:
            if code_of(err) == "ExecutionDoesNotExist":
                return False
            raise
        return answer["status"] in ("RUNNING", "PENDING_REDRIVE")

    @translates_errors
    def end_sleep(self, task_token: str) -> None:
        """Answer the token of a sleep; one that is over, or was answered before, is fine."""
        try:
            self._client.send_task_success(taskToken=task_token, output="{}")
        except ClientError as err:
            if code_of(err) not in ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist"):
                raise
