"""The definition of sweeps keeps its promises before anything runs, in the map and around it."""

import re
import subprocess
import sys
from typing import Any

import pytest

from parris.sweeps.record import SweepEnd
from parris.sweeps.start import Start
from tests.architecture.definition import (
    SWEEP,
    SWEEP_PATH,
    TRIAL,
    reachable_from,
    read_template,
    successors_of,
)
from tests.architecture.test_state_machine_definition import AWS_ERRORS, OUR_ERRORS

MACHINES: dict[str, dict[str, Any]] = {"sweep": SWEEP, "trial": TRIAL}
STATES = [(machine, name) for machine in MACHINES for name in MACHINES[machine]["States"]]
TASKS = [
    (machine, name)
    for machine, name in STATES
    if MACHINES[machine]["States"][name]["Type"] == "Task"
]
FUNCTION_TASKS = [
    (machine, name)
    for machine, name in TASKS
    if ":lambda:" in MACHINES[machine]["States"][name]["Resource"]
]
TEMPLATE = read_template()
SETTLE = "SettleTrial"
OF_STARTS = (
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.ThrottlingException",
    "StepFunctions.SdkClientException",
)


def state_of(machine: str, name: str) -> dict[str, Any]:
    state: dict[str, Any] = MACHINES[machine]["States"][name]
    return state


@pytest.mark.parametrize(("machine", "name"), STATES)
def test_every_next_state_exists_and_every_state_says_why_it_exists(
    machine: str, name: str
) -> None:
    states = MACHINES[machine]["States"]
    assert successors_of(name, states) <= set(states)
    assert len(states[name]["Comment"]) > 10


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached_and_comes_to_an_end(machine: str) -> None:
    states = MACHINES[machine]["States"]
    assert reachable_from(MACHINES[machine]["StartAt"], states) == set(states)
    ends = {
        name
        for name, state in states.items()
        if state["Type"] in ("Succeed", "Fail") or state.get("End")
    }
    assert all(reachable_from(name, states) & ends for name in states)


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_every_task_has_retries_with_jitter_and_a_catch_for_every_error(
    machine: str, name: str
) -> None:
    task = state_of(machine, name)
    assert all(rule["JitterStrategy"] == "FULL" for rule in task["Retry"])
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    assert "TimeoutSeconds" in task or "TimeoutSecondsPath" in task
    rules = [*task["Retry"], *task["Catch"]]
    named = {error for rule in rules for error in rule["ErrorEquals"]}
    of_aws = {error for error in named if AWS_ERRORS.match(error)}
    assert named - of_aws - OUR_ERRORS <= set(OF_STARTS if name == "RunTrial" else ())


@pytest.mark.parametrize(("machine", "name"), FUNCTION_TASKS)
def test_a_task_waits_longer_than_its_lambda_may_take(machine: str, name: str) -> None:
    default = TEMPLATE["Globals"]["Function"]["Timeout"]
    function = TEMPLATE["Resources"][f"{name}Function"]["Properties"]
    assert state_of(machine, name)["TimeoutSeconds"] > function.get("Timeout", default)


def test_once_a_trial_runs_every_way_leads_through_its_settlement() -> None:
    others = {name: state for name, state in TRIAL["States"].items() if name != SETTLE}
    others[SETTLE] = {"Type": "Succeed"}
    assert reachable_from("RunTrial", others) == {"RunTrial", SETTLE}


def test_whatever_the_reservation_says_has_its_way() -> None:
    choice = TRIAL["States"]["ShouldTrialStart"]
    ways = {rule["StringEquals"]: rule["Next"] for rule in choice["Choices"]}
    assert set(ways) | {Start.SKIP} == set(Start)
    assert choice["Default"] == "TrialNotStarted"


def test_only_two_ends_of_a_sweep_succeed() -> None:
    choice = SWEEP["States"]["DidSweepSucceed"]
    succeeding = {rule["StringEquals"] for rule in choice["Choices"]}
    assert succeeding == {SweepEnd.COMPLETED, SweepEnd.BUDGET_USED}
    assert choice["Default"] == "SweepFailed"


def test_the_children_of_the_map_return_nothing_that_it_would_collect() -> None:
    ends = [state for state in TRIAL["States"].values() if state.get("End")]
    assert [state["Result"] for state in ends] == [{}] * len(ends)
    assert SWEEP["States"]["RunTrials"]["ResultPath"] is None


def test_its_substitutions_are_exactly_those_that_the_template_gives() -> None:
    machine = TEMPLATE["Resources"]["SweepStateMachine"]["Properties"]
    used = set(re.findall(r"\$\{(\w+)\}", SWEEP_PATH.read_text()))
    assert used == set(machine["DefinitionSubstitutions"])


def test_statelint_finds_nothing_but_two_fields_that_are_only_awss() -> None:
    statelint = [sys.executable, "-m", "statelint", str(SWEEP_PATH)]
    done = subprocess.run(statelint, capture_output=True, text=True, check=False)
    assert [line.strip() for line in done.stdout.splitlines()[1:]] == [
        'Field "Label" not allowed in State Machine.States.RunTrials',
        'Field "InputType" not allowed in State Machine.States.RunTrials.ItemReader.ReaderConfig',
    ]
