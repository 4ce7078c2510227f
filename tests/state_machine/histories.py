"""What a history shows: which states were visited, their inputs, and their next states."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_FAILED = ("taskFailedEventDetails", "taskTimedOutEventDetails", "taskSubmitFailedEventDetails")


@dataclass(slots=True)
class Attempt:
    """One invocation of a task: what it was given, and its error where it failed."""

    parameters: dict[str, Any]
    error: str | None = None


@dataclass(slots=True)
class Visit:
    """One visit of a state. `led_to` is the next state, None where the execution ended."""

    state: str
    entered_at: datetime
    data: Any
    attempts: list[Attempt] = field(default_factory=list)
    led_to: str | None = None


def visits_in(events: Iterable[dict[str, Any]]) -> list[Visit]:
    """Return the visits of an execution that has no parallel branches, in their order."""
    visits: list[Visit] = []
    for event in events:
        if "stateEnteredEventDetails" in event:
            details = event["stateEnteredEventDetails"]
            if visits:
                visits[-1].led_to = details["name"]
            data = json.loads(details.get("input") or "null")
            visits.append(Visit(details["name"], event["timestamp"], data))
        elif "taskScheduledEventDetails" in event:
            details = event["taskScheduledEventDetails"]
            parameters = json.loads(details.get("parameters") or "{}")  # ministack has none
            visits[-1].attempts.append(Attempt(parameters))
        for name in _FAILED:
            if name in event:
                if not visits[-1].attempts:  # LocalStack fails some before they are scheduled
                    visits[-1].attempts.append(Attempt({}))
                visits[-1].attempts[-1].error = event[name]["error"]
    return visits
