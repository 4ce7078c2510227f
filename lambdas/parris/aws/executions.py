"""Step Functions: how an execution starts, whether it is alive, and how a sleeping one is woken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import ParrisError
from parris.recovery.abandoned_run import EndedExecution, ExecutionLookup, LastState

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_ALIVE = ("RUNNING", "PENDING_REDRIVE")
_NO_SUCH_EXECUTION = "ExecutionDoesNotExist"
_EVENTS_READ = 200
"""The newest state that knows its job is a few dozen events from the end, retries included; a run
that never had one has a shorter history than that."""


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
            if code_of(err) == _NO_SUCH_EXECUTION:
                return False
            raise
        return answer["status"] in _ALIVE

    @translates_errors
    def running_of(self, state_machine_arn: str) -> tuple[str, ...]:
        """Return the executions of a state machine that run."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=state_machine_arn, statusFilter="RUNNING"
        )
        return tuple(one["executionArn"] for page in pages for one in page["executions"])

    @translates_errors
    def find_end(self, execution_arn: str) -> EndedExecution | None:
        """Return how the execution ended, None while it is alive.

        One that does not exist, such as one that Step Functions forgot after 90 days, is dead.
        """
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except ClientError as err:
            if code_of(err) == _NO_SUCH_EXECUTION:
                return EndedExecution(status="FORGOTTEN", stopped_at=None, words="")
            raise
        if found["status"] in _ALIVE:
            return None
        told = [found[key] for key in ("error", "cause") if found.get(key)]
        return EndedExecution(found["status"], found.get("stopDate"), ": ".join(told))

    def look_up(self, execution_arn: str) -> ExecutionLookup:
        """Return whether the execution is over, as far as that can be seen; raises nothing."""
        try:
            return ExecutionLookup(end=self.find_end(execution_arn))
        except (ClientError, ParrisError) as err:
            return ExecutionLookup(end=None, why_unknown=f"{type(err).__name__}: {err}")

    @translates_errors
    def find_last_state(self, execution_arn: str) -> LastState | None:
        """Return the last state that was entered with a job, None where none is known."""
        try:
            answer = self._client.get_execution_history(
                executionArn=execution_arn, reverseOrder=True, maxResults=_EVENTS_READ
            )
        except ClientError as err:
            if code_of(err) == _NO_SUCH_EXECUTION:
                return None
            raise
        for event in answer["events"]:
            entered = event.get("stateEnteredEventDetails")
            state = json.loads(entered.get("input") or "null") if entered else None
            if entered and isinstance(state, dict) and isinstance(state.get("job"), dict):
                return LastState(entered["name"], state)
        return None

    @translates_errors
    def end_sleep(self, task_token: str) -> None:
        """Answer the token of a sleep; one that is over, or was answered before, is fine."""
        try:
            self._client.send_task_success(taskToken=task_token, output="{}")
        except ClientError as err:
            if code_of(err) not in ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist"):
                raise
