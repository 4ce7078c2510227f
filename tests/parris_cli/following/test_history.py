from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

from parris_cli.following.history import History

AT = datetime(2026, 11, 20, tzinfo=UTC)


def event(number: int, kind: str, **details: Any) -> dict[str, Any]:
    return {"id": number, "type": kind, "timestamp": AT, **details}


class FakeStepFunctions:
    """A history, newest first, in pages of two events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.pages_read = 0

    def get_paginator(self, name: str) -> "FakeStepFunctions":
        assert name == "get_execution_history"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        assert asked["reverseOrder"]
        newest_first = self.events[::-1]
        for start in range(0, len(newest_first), 2):
            self.pages_read += 1
            yield {"events": newest_first[start : start + 2]}


def a_history(client: FakeStepFunctions) -> History:
    return History(cast("Any", client), "arn")


def test_transitions_come_once_and_in_their_order() -> None:
    client = FakeStepFunctions()
    history = a_history(client)
    client.events = [
        event(1, "ExecutionStarted"),
        event(2, "TaskStateEntered", stateEnteredEventDetails={"name": "ValidateConfig"}),
        event(3, "TaskScheduled"),
        event(
            4,
            "TaskStateExited",
            stateExitedEventDetails={"name": "ValidateConfig", "output": '{"job": {"a": 1}}'},
        ),
    ]
    first = history.new_transitions()
    assert [(one.state, one.is_entered) for one in first] == [
        ("ValidateConfig", True),
        ("ValidateConfig", False),
    ]
    assert first[1].output == {"job": {"a": 1}}
    assert history.new_transitions() == []
    assert history.event_count == 4
    assert not history.is_over


def test_a_long_history_is_not_read_again_from_its_start() -> None:
    client = FakeStepFunctions()
    history = a_history(client)
    client.events = [event(number, "TaskScheduled") for number in range(1, 101)]
    history.new_transitions()
    client.pages_read = 0
    client.events.append(event(101, "ExecutionSucceeded"))
    history.new_transitions()
    assert client.pages_read == 1
    assert history.is_over


def test_an_output_that_is_not_an_object_is_accepted() -> None:
    client = FakeStepFunctions()
    client.events = [
        event(1, "PassStateExited", stateExitedEventDetails={"name": "A", "output": "3"}),
        event(2, "PassStateExited", stateExitedEventDetails={"name": "B"}),
    ]
    assert [one.output for one in a_history(client).new_transitions()] == [{}, {}]
