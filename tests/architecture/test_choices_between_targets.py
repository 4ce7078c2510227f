"""Each target has its own launch and termination state behind one Choice; the rest is shared."""

import copy
import json
import re
from typing import Any

import pytest

from parris.targets.registry import target_names
from tests.architecture.definition import (
    CLEANUP,
    DEFINITION,
    LAUNCHES,
    TERMINATIONS,
    rules_of,
    states_by_target,
)

STATES: dict[str, dict[str, dict[str, Any]]] = {
    "training": DEFINITION["States"],
    "cleanup": CLEANUP["States"],
}
CHOICES = [
    ("training", "SelectLaunchState"),
    ("training", "SelectTerminationState"),
    ("cleanup", "SelectTerminationState"),
]
MARK = re.compile(r"target ([a-z0-9-]+)")
all_choices = pytest.mark.parametrize(("machine", "choice"), CHOICES)


@all_choices
def test_each_target_that_there_is_has_one_rule_and_no_other_has_one(
    machine: str, choice: str
) -> None:
    state = STATES[machine][choice]
    assert sorted(states_by_target(state)) == sorted(target_names())
    assert len(state["Choices"]) == len(target_names())
    # A target without a rule fails the execution: it never gets another target's states.
    assert "Default" not in state
    assert {
        rule["Variable"].rpartition("$.")[2].removeprefix("state.") for rule in state["Choices"]
    } == {"job.target"}


@all_choices
def test_only_the_choice_leads_to_the_states_of_targets(machine: str, choice: str) -> None:
    behind = set(states_by_target(STATES[machine][choice]).values())
    leading = {
        name
        for name, state in STATES[machine].items()
        for rule in rules_of(state)
        if behind & {rule.get("Next"), rule.get("Default")}
    }
    assert leading == {choice}


@all_choices
def test_rules_and_states_say_whose_they_are(machine: str, choice: str) -> None:
    states = STATES[machine]
    for rule in states[choice]["Choices"]:
        assert rule["Comment"] == f"target {rule['StringEquals']}"
        assert states[rule["Next"]]["Comment"].startswith(f"target {rule['StringEquals']}: ")


def test_both_machines_end_a_target_with_the_same_state() -> None:
    assert states_by_target(STATES["cleanup"]["SelectTerminationState"]) == TERMINATIONS


def without_its_names(state: dict[str, Any]) -> dict[str, Any]:
    """The state without what differs between targets: its comment and its function."""
    left = copy.deepcopy(state)
    del left["Comment"], left["Parameters"]["FunctionName"], left["TimeoutSeconds"]
    return left


@all_choices
def test_the_states_of_all_targets_retry_catch_and_continue_alike(
    machine: str, choice: str
) -> None:
    names = states_by_target(STATES[machine][choice]).values()
    alike = {json.dumps(without_its_names(STATES[machine][name])) for name in names}
    assert len(alike) == 1


@pytest.mark.parametrize("machine", STATES)
def test_no_other_state_names_a_target(machine: str) -> None:
    """EC2's own name counts as its target's."""
    of_targets = {*LAUNCHES.values(), *TERMINATIONS.values()}
    forbidden = re.compile("|".join({*target_names(), *of_targets, r"\bec2\b"}), re.IGNORECASE)
    shared = copy.deepcopy(STATES[machine])
    for name in of_targets & shared.keys():
        del shared[name]
    for state in shared.values():
        if any(MARK.match(rule.get("Comment", "")) for rule in state.get("Choices", [])):
            del state["Choices"]
    assert forbidden.findall(json.dumps(shared)) == []
