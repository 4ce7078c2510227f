"""Reads an execution's history incrementally while it grows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import (
        DescribeExecutionOutputTypeDef,
        HistoryEventTypeDef,
    )

    from parris.payloads import Payload

_PAGE_EVENTS = 100
_STATUS_OF = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """Entering or leaving a state. `output` is empty on entry."""

    state: str
    at: datetime
    is_entered: bool
    output: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecutionEnd:
    """An execution that has ended: its status, and its output or error, empty if it has none."""

    status: str
    output: str = ""
    error: str = ""
    cause: str = ""

    @classmethod
    def from_description(cls, execution: DescribeExecutionOutputTypeDef) -> Self:
        """Return the end that DescribeExecution reports."""
        return cls(
            execution["status"],
            execution.get("output") or "",
            execution.get("error") or "",
            execution.get("cause") or "",
        )


class History:
    """The history of one execution."""

    def __init__(self, client: SFNClient, execution_arn: str) -> None:
        self._client = client
        self._execution_arn = execution_arn
        self.event_count = 0
        self.end: ExecutionEnd | None = None

    @property
    def is_over(self) -> bool:
        """Return whether the last event has been seen."""
        return self.end is not None

    def new_transitions(self) -> list[Transition]:
        """Return the states that were entered or left since the last call, oldest first."""
        fresh = self._new_events()
        if fresh:
            self.event_count = fresh[-1]["id"]
            self.end = _end_in(fresh[-1])
        return [found for event in fresh if (found := _transition(event)) is not None]

    def _new_events(self) -> list[HistoryEventTypeDef]:
        # Newest first, so that a long history is not read from its start at every poll.
        pages = self._client.get_paginator("get_execution_history").paginate(
            executionArn=self._execution_arn,
            reverseOrder=True,
            includeExecutionData=True,
            PaginationConfig={"PageSize": _PAGE_EVENTS},
        )
        fresh: list[HistoryEventTypeDef] = []
        for page in pages:
            for event in page["events"]:
                if event["id"] <= self.event_count:
                    return fresh[::-1]
                fresh.append(event)
        return fresh[::-1]


def _end_in(event: HistoryEventTypeDef) -> ExecutionEnd | None:
    status = _STATUS_OF.get(event["type"])
    if status is None:
        return None
    details = {
        **event.get("executionSucceededEventDetails", {}),
        **event.get("executionFailedEventDetails", {}),
        **event.get("executionTimedOutEventDetails", {}),
        **event.get("executionAbortedEventDetails", {}),
    }
    found = {key: str(details.get(key) or "") for key in ("output", "error", "cause")}
    return ExecutionEnd(status, **found)


def _transition(event: HistoryEventTypeDef) -> Transition | None:
    entered, exited = event.get("stateEnteredEventDetails"), event.get("stateExitedEventDetails")
    if entered is not None:
        return Transition(entered["name"], event["timestamp"], is_entered=True)
    if exited is not None:
        output = read_output(exited.get("output"))
        return Transition(exited["name"], event["timestamp"], is_entered=False, output=output)
    return None


def read_output(text: str | None) -> Payload:
    """Return the output of a state; empty where there is none, or it is no object."""
    value = json.loads(text) if text else {}
    return cast("Payload", value) if isinstance(value, dict) else {}
