"""Step Functions: starts executions, finds out whether they still run, and wakes sleeping ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import ParrisError
from parris.recovery.abandoned_run import EndedExecution, ExecutionLookup, LastState

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient

_ALIVE = ("RUNNING", "PENDING_REDRIVE")
_NO_SUCH_EXECUTION = "ExecutionDoesNotExist"
_EVENTS_READ = 200
"""The last state with a job is a few dozen events from the end, retries included. A run that never
had a job has a shorter history."""


@dataclass(frozen=True, slots=True)
class FoundExecution:
    """An execution: whether it runs, its input, and why it has failed, empty if it has not."""

    is_alive: bool
    execution_input: str
    started_at: datetime
    message: str


class Executions:
    """The executions of this deployment's state machine."""

    def __init__(self, client: SFNClient) -> None:
        self._client = client

    @translates_errors
    def start(self, state_machine_arn: str, name: str, execution_input: str) -> None:
        """Start an execution, unless one of that name has run in the last 90 days.

        Args:
            state_machine_arn: the state machine.
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
    def find(self, execution_arn: str) -> FoundExecution | None:
        """Return the execution, or None if Step Functions does not know it."""
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except ClientError as err:
            if code_of(err) in (_NO_SUCH_EXECUTION, "InvalidArn"):
                return None
            raise
        details = [found[key] for key in ("error", "cause") if found.get(key)]
        return FoundExecution(
            is_alive=found["status"] in _ALIVE,
            execution_input=found.get("input", "{}"),
            started_at=found["startDate"],
            message=": ".join(details),
        )

    @translates_errors
    def is_alive(self, execution_arn: str) -> bool:
        """Return whether the execution is running: it exists and has not ended."""
        try:
            response = self._client.describe_execution(executionArn=execution_arn)
        except ClientError as err:
            if code_of(err) == _NO_SUCH_EXECUTION:
                return False
            raise
        return response["status"] in _ALIVE

    @translates_errors
    def running_of(self, state_machine_arn: str) -> tuple[str, ...]:
        """Return the running executions of a state machine."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=state_machine_arn, statusFilter="RUNNING"
        )
        return tuple(one["executionArn"] for page in pages for one in page["executions"])

    @translates_errors
    def find_end(self, execution_arn: str) -> EndedExecution | None:
        """Return how the execution ended, or None while it is running.

        An execution that does not exist counts as ended: Step Functions deletes them after 90 days.
        """
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except ClientError as err:
            if code_of(err) == _NO_SUCH_EXECUTION:
                return EndedExecution(status="FORGOTTEN", stopped_at=None, message="")
            raise
        if found["status"] in _ALIVE:
            return None
        details = [found[key] for key in ("error", "cause") if found.get(key)]
        return EndedExecution(found["status"], found.get("stopDate"), ": ".join(details))

    def look_up(self, execution_arn: str) -> ExecutionLookup:
        """Return whether the execution has ended, or why that is unknown. Raises nothing."""
        try:
            return ExecutionLookup(end=self.find_end(execution_arn))
        except (ClientError, ParrisError) as err:
            return ExecutionLookup(end=None, why_unknown=f"{type(err).__name__}: {err}")

    @translates_errors
    def find_last_state(self, execution_arn: str) -> LastState | None:
        """Return the last state that was entered with a job, or None if there is none."""
        try:
            response = self._client.get_execution_history(
                executionArn=execution_arn, reverseOrder=True, maxResults=_EVENTS_READ
            )
        except ClientError as err:
            if code_of(err) == _NO_SUCH_EXECUTION:
                return None
            raise
        for event in response["events"]:
            entered = event.get("stateEnteredEventDetails")
            state = json.loads(entered.get("input") or "null") if entered else None
            if entered and isinstance(state, dict) and isinstance(state.get("job"), dict):
                return LastState(entered["name"], state)
        return None

    @translates_errors
    def end_sleep(self, task_token: str) -> None:
        """Complete a sleep's task token. A sleep that is already over is left alone."""
        try:
            self._client.send_task_success(taskToken=task_token, output="{}")
        except ClientError as err:
            if code_of(err) not in ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist"):
                raise
