"""What there is to go through in a definition, and what executions went through."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.state_machine.choice_rules import DEFAULT, rule_taken
from tests.state_machine.histories import Visit

_WHATEVER = "States.ALL"
_MARK = re.compile(r"target ([a-z0-9-]+)")
_TARGET_OF_CASES = "ec2-stack"


def places_in(definition: dict[str, Any]) -> set[str]:
    """Return every state, rule of a Choice, and error name of each Retry and Catch.

    Those of one target stand for all: a test of tests/architecture holds them alike.
    """
    states = definition["States"].items()
    return {
        place for name, state in states if _is_gone_through(state) for place in _places(name, state)
    }


def places_visited(definition: dict[str, Any], visits: Iterable[Visit]) -> set[str]:
    """Return those of the places that the visits went through."""
    states = definition["States"]
    return {place for visit in visits for place in _visited(states[visit.state], visit)}


def rule_matching(rules: list[dict[str, Any]], error: str) -> int | None:
    """Return the number of the first Retry or Catch entry that the error matches."""
    for number, rule in enumerate(rules):
        if error in rule["ErrorEquals"] or _WHATEVER in rule["ErrorEquals"]:
            return number
    return None


def _places(name: str, state: dict[str, Any]) -> Iterator[str]:
    yield name
    for field in ("Retry", "Catch"):
        for number, rule in enumerate(state.get(field, [])):
            for error in rule["ErrorEquals"]:
                yield f"{name}/{field}/{number}/{error}"
    if state["Type"] == "Choice":
        for number, rule in enumerate(state["Choices"]):
            if _is_gone_through(rule):
                yield f"{name}/Choices/{number}"
        if DEFAULT in state:
            yield f"{name}/{DEFAULT}"


def _is_gone_through(part: dict[str, Any]) -> bool:
    """Return whether the cases are to reach a state or a rule: it is no other target's."""
    mark = _MARK.match(part.get("Comment", ""))
    return mark is None or mark[1] == _TARGET_OF_CASES


def _visited(state: dict[str, Any], visit: Visit) -> Iterator[str]:
    yield visit.state
    errors = [attempt.error for attempt in visit.attempts]
    for error in errors[:-1]:  # a failure that another attempt came after
        yield from _rule_used(state, "Retry", visit.state, error)
    if errors:
        yield from _rule_used(state, "Catch", visit.state, errors[-1])
    if state["Type"] == "Choice":
        taken = rule_taken(state, visit)
        yield f"{visit.state}/{taken}" if taken == DEFAULT else f"{visit.state}/Choices/{taken}"


def _rule_used(state: dict[str, Any], field: str, name: str, error: str | None) -> Iterator[str]:
    number = None if error is None else rule_matching(state.get(field, []), error)
    if number is not None:
        listed = state[field][number]["ErrorEquals"]
        yield f"{name}/{field}/{number}/{error if error in listed else _WHATEVER}"
