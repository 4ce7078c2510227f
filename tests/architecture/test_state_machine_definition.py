"""The state machine's definition keeps its promises before anything runs."""

import inspect
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from parris import errors
from parris.limits import Limits
from parris.notifications.near_limit import SHORTEST_NOTIFIED_SECONDS
from parris.reasons import SUCCESSFUL_REASONS, EndReason
from tests.architecture.definition import (
    DEFINITION,
    DEFINITION_PATH,
    LAMBDA_TASKS,
    LAUNCHES,
    STATES,
    TASKS,
    TERMINATIONS,
    reachable_from,
    read_template,
    state_name_of,
    successors_of,
)

OUR_ERRORS = {
    name
    for name, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, errors.ParrisError) and found is not errors.ParrisError
}
AWS_ERRORS = re.compile(r"^(States|Lambda|DynamoDb|SNS|Sandbox|Runtime)\.[A-Za-z]+$")
CLEANUP_TASKS = {*TERMINATIONS.values(), "ConfirmEnded", "RecordOutcome"}
TELLING_TASKS = {name: state for name, state in TASKS.items() if ":sns:" in state["Resource"]}


def all_of(names: dict[str, dict[str, object]] = STATES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", list(names))


def errors_named_in(name: str) -> set[str]:
    state = STATES[name]
    return {
        error
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]
        for error in rule["ErrorEquals"]
    }


@all_of()
def test_every_next_state_exists(name: str) -> None:
    assert successors_of(name) <= set(STATES)


def test_every_state_can_be_reached() -> None:
    assert reachable_from(DEFINITION["StartAt"]) == set(STATES)


@all_of()
def test_every_state_can_come_to_an_end(name: str) -> None:
    ends = {end for end, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}
    assert reachable_from(name) & ends


@all_of()
def test_every_state_says_why_it_exists(name: str) -> None:
    assert len(STATES[name].get("Comment", "")) > 10


@all_of(TASKS)
def test_every_task_has_a_timeout_retries_with_jitter_and_a_catch(name: str) -> None:
    task = TASKS[name]
    assert "TimeoutSeconds" in task or "TimeoutSecondsPath" in task
    assert task["Retry"]
    assert all(rule["JitterStrategy"] == "FULL" for rule in task["Retry"])
    assert all("MaxDelaySeconds" in rule for rule in task["Retry"])
    assert "States.ALL" in task["Catch"][-1]["ErrorEquals"]


@all_of(LAMBDA_TASKS)
def test_a_task_waits_longer_than_its_lambda_may_take(name: str) -> None:
    template = read_template()
    default_seconds = template["Globals"]["Function"]["Timeout"]
    properties = template["Resources"][f"{name}Function"]["Properties"]
    assert STATES[name]["TimeoutSeconds"] > properties.get("Timeout", default_seconds)


@all_of(LAMBDA_TASKS)
def test_the_passing_troubles_of_lambda_are_retried(name: str) -> None:
    retried = {error for rule in STATES[name]["Retry"] for error in rule["ErrorEquals"]}
    assert {"AwsThrottledError", "AwsUnavailableError"} <= retried
    assert {
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    } <= retried


@all_of(LAMBDA_TASKS)
def test_a_function_that_is_cut_short_ends_no_job(name: str) -> None:
    task = STATES[name]
    cut_short = {"Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"}
    if name == "PollTerminationCondition":
        # It polls again instead: a retry after a minute would exceed the time to stop.
        again = next(rule for rule in task["Catch"] if rule["Next"] == "IsOutageNew")
    else:
        again = task["Retry"][1]
    assert cut_short <= set(again["ErrorEquals"])


@all_of(TASKS)
def test_errors_in_retry_and_catch_are_our_classes_or_awss(name: str) -> None:
    unknown = {error for error in errors_named_in(name) if not AWS_ERRORS.match(error)}
    assert unknown <= OUR_ERRORS


@all_of(TASKS)
def test_only_clean_up_and_telling_retry_whatever_comes(name: str) -> None:
    blanket = {"States.ALL", "States.TaskFailed"}
    is_blanket = any(blanket & set(rule["ErrorEquals"]) for rule in STATES[name]["Retry"])
    assert not is_blanket or name in CLEANUP_TASKS | set(TELLING_TASKS)


@pytest.mark.parametrize("reason", list(EndReason))
def test_each_reason_has_a_state_of_its_name(reason: EndReason) -> None:
    assert state_name_of(reason) in STATES


@pytest.mark.parametrize("reason", sorted(set(EndReason) - {"CLEANUP_FAILED", "CONFIG_REJECTED"}))
def test_the_state_of_a_reason_writes_that_reason_and_cleans_up(reason: EndReason) -> None:
    state = STATES[state_name_of(reason)]
    assert state["Parameters"]["reason"] == reason
    assert state["ResultPath"] == "$.end"
    assert state["Next"] == "SelectTerminationState"


def test_a_decided_reason_leads_to_the_state_of_its_name() -> None:
    decided = {
        rule["StringEquals"]: rule["Next"]
        for rule in STATES["ShouldJobEnd"]["Choices"]
        if "StringEquals" in rule
    }
    assert decided == {reason: state_name_of(EndReason(reason)) for reason in decided}
    assert {"COMPLETED", "SCRIPT_FAILED", "TIME_LIMIT", "COST_LIMIT", "ABORTED"} <= set(decided)


def test_only_the_succeeding_reasons_lead_into_succeed() -> None:
    succeeds = {name for name, state in STATES.items() if state["Type"] == "Succeed"}
    leading = [
        (name, rule.get("Variable"), rule.get("StringEquals"))
        for name, state in STATES.items()
        for rule in [state, *state.get("Choices", []), *state.get("Catch", [])]
        if rule.get("Next") in succeeds or rule.get("Default") in succeeds
    ]
    assert {(name, variable) for name, variable, _ in leading} == {
        ("DidJobSucceed", "$.outcome.reason")
    }
    assert {reason for _, _, reason in leading} == SUCCESSFUL_REASONS


@pytest.mark.parametrize(
    "name", ["SelectLaunchState", "WaitForRunning", "PollTerminationCondition"]
)
def test_once_something_may_be_launched_every_way_leads_through_clean_up(name: str) -> None:
    ends = {end for end, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        now = waiting.pop()
        if now not in seen and now != "SelectTerminationState":
            seen.add(now)
            waiting += successors_of(now)
    assert not seen & ends


def test_from_clean_up_on_no_error_leads_back_before_it() -> None:
    behind = reachable_from("SelectTerminationState", without="StartNextAttempt")
    before = {"SelectLaunchState", "WaitForRunning", "PollTerminationCondition"}
    assert not behind & {*before, *LAUNCHES.values()}
    for name in behind & set(TASKS):
        caught = {rule["Next"] for rule in STATES[name]["Catch"]}
        assert not caught & {name, "ShouldRetryAttempt", "StartNextAttempt"}


def test_only_a_verified_end_leads_to_the_next_attempt() -> None:
    ways = {name for name, state in STATES.items() if "StartNextAttempt" in json.dumps(state)}
    assert ways == {"ShouldRetryAttempt"}
    ways = {name for name, state in STATES.items() if "ShouldRetryAttempt" in json.dumps(state)}
    assert ways == {"HasEnded"}
    (rule,) = [one for one in STATES["HasEnded"]["Choices"] if one["Next"] == "ShouldRetryAttempt"]
    assert {"Variable": "$.confirmed.state", "StringEquals": "ended"} in rule["And"]


def test_the_next_attempt_knows_nothing_of_the_one_before_but_what_its_job_says() -> None:
    state = STATES["StartNextAttempt"]
    assert state["ResultPath"] == "$"
    assert list(state["Parameters"]) == ["job.$"]


def test_the_definitions_substitutions_are_exactly_those_that_the_template_gives() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", DEFINITION_PATH.read_text()))
    machine = read_template()["Resources"]["TrainingStateMachine"]["Properties"]
    assert used == set(machine["DefinitionSubstitutions"])


def test_statelint_finds_nothing_to_say() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "statelint", str(DEFINITION_PATH)], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (0, "")


@all_of(TELLING_TASKS)
def test_a_failed_notification_changes_nothing(name: str) -> None:
    task = TELLING_TASKS[name]
    assert task["ResultPath"] is None
    assert task["Catch"] == [
        {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": task["Next"]}
    ]


def longest_wait_seconds(task: dict[str, Any]) -> float:
    """Return how long the retries of a state wait in all, at most."""
    waits = (
        min(rule["IntervalSeconds"] * rule["BackoffRate"] ** number, rule["MaxDelaySeconds"])
        for rule in task["Retry"]
        for number in range(rule["MaxAttempts"])
    )
    return float(sum(waits))


@pytest.mark.parametrize("name", ["NotifyNearLimit", "NotifySilence"])
def test_a_message_on_the_way_makes_the_end_no_later_than_the_limit_allows(name: str) -> None:
    tell = STATES[name]
    tries = 1 + sum(rule["MaxAttempts"] for rule in tell["Retry"])
    telling_seconds = tries * tell["TimeoutSeconds"] + longest_wait_seconds(tell)
    limits = Limits(SHORTEST_NOTIFIED_SECONDS, None, None, save_grace_seconds=120)
    reserve_seconds = limits.with_reserves_within().stopping_allowance_seconds
    assert telling_seconds + longest_wait_seconds(STATES["PollTerminationCondition"]) <= (
        reserve_seconds
    )


def test_the_retries_of_a_poll_lie_inside_the_time_that_stopping_may_take() -> None:
    shortest = Limits(140, None, None, save_grace_seconds=120).with_reserves_within()
    waited_seconds = longest_wait_seconds(STATES["PollTerminationCondition"])
    assert waited_seconds <= shortest.stopping_allowance_seconds
