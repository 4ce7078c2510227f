"""The cleanup's definition keeps its promises before anything runs."""

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from parris.recovery.abandoned_run import AFTERMATH, Verdict
from parris.termination.ending import LONGEST_CLEANUP_SECONDS
from tests.architecture.definition import (
    CLEANUP,
    CLEANUP_PATH,
    LAMBDA_TASKS,
    TERMINATIONS,
    reachable_from,
    read_template,
    successors_of,
)
from tests.architecture.definition import STATES as TRAINING_STATES
from tests.architecture.test_state_machine_definition import AWS_ERRORS, OUR_ERRORS

STATES: dict[str, dict[str, Any]] = CLEANUP["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
FUNCTION_TASKS = {name: state for name, state in TASKS.items() if ":lambda:" in state["Resource"]}
SHARED = (*TERMINATIONS.values(), "ConfirmEnded", "RecordOutcome")
TEMPLATE = read_template()


def each(names: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", list(names))  # type: ignore[call-overload]


@each(STATES)
def test_every_next_state_exists_and_every_state_says_why_it_exists(name: str) -> None:
    assert successors_of(name, STATES) <= set(STATES)
    assert len(STATES[name]["Comment"]) > 10


def test_every_state_can_be_reached() -> None:
    assert reachable_from(CLEANUP["StartAt"], STATES) == set(STATES)


@each(STATES)
def test_every_state_can_come_to_an_end(name: str) -> None:
    ends = {end for end, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}
    assert reachable_from(name, STATES) & ends


@each(TASKS)
def test_every_task_is_tried_again_whatever_comes_and_its_last_error_leads_on(name: str) -> None:
    task = TASKS[name]
    assert all(rule["JitterStrategy"] == "FULL" for rule in task["Retry"])
    assert task["Retry"][-1]["ErrorEquals"] == ["States.ALL"]
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    named = {error for rule in task["Retry"] for error in rule["ErrorEquals"]}
    assert {error for error in named if not AWS_ERRORS.match(error)} <= OUR_ERRORS


@each(FUNCTION_TASKS)
def test_a_task_waits_longer_than_its_lambda_may_take(name: str) -> None:
    properties = TEMPLATE["Resources"][f"{name}Function"]["Properties"]
    timeout_seconds = TEMPLATE["Globals"]["Function"]["Timeout"]
    assert TASKS[name]["TimeoutSeconds"] > properties.get("Timeout", timeout_seconds)


@each(SHARED)
def test_a_step_of_the_end_is_retried_as_the_run_itself_would_retry_it(name: str) -> None:
    for key in ("Resource", "ResultSelector", "TimeoutSeconds", "Retry"):
        assert STATES[name][key] == TRAINING_STATES[name][key]


def test_nothing_is_touched_before_the_run_was_seen_to_be_dead() -> None:
    seen: set[str] = set()
    waiting = ["FindRun"]
    rules = {rule.get("StringEquals"): rule["Next"] for rule in STATES["WhatIsLeft"]["Choices"]}
    while waiting:
        name = waiting.pop()
        if name not in (*seen, "WhatIsLeft"):
            seen.add(name)
            waiting += successors_of(name, STATES)
    assert not seen & set(SHARED)
    assert STATES[rules["alive"]]["Type"] == "Succeed"


def test_every_verdict_has_its_way() -> None:
    choices = STATES["WhatIsLeft"]["Choices"]
    named = {rule["StringEquals"] for rule in choices if "StringEquals" in rule}
    assert named | {"nothing"} == set(Verdict)


def test_only_what_was_confirmed_ends_in_succeed() -> None:
    fails = {name for name, state in STATES.items() if state["Type"] == "Fail"}
    assert {STATES[name]["Error"] for name in fails} == {"CLEANUP_FAILED"}
    assert STATES["IsAnythingLeft"]["Choices"][0]["Next"] == "CleanupFailed"
    assert all(rule["Next"] not in ("RunEnded",) for rule in STATES["HasEnded"]["Choices"])


def test_the_second_check_comes_after_the_longest_function_of_a_run() -> None:
    globally = TEMPLATE["Globals"]["Function"]["Timeout"]
    functions = [TEMPLATE["Resources"][f"{name}Function"]["Properties"] for name in LAMBDA_TASKS]
    longest = max(function.get("Timeout", globally) for function in functions)
    assert timedelta(seconds=longest) < AFTERMATH


def test_the_cleanup_may_last_longer_than_it_tries() -> None:
    assert CLEANUP["TimeoutSeconds"] > LONGEST_CLEANUP_SECONDS + 4 * 3600


def test_its_substitutions_are_exactly_those_that_the_template_gives() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", CLEANUP_PATH.read_text()))
    machine = TEMPLATE["Resources"]["CleanupStateMachine"]["Properties"]
    assert used == set(machine["DefinitionSubstitutions"])


def test_statelint_finds_nothing_to_say() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "statelint", str(CLEANUP_PATH)], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (0, "")
