"""Which levels of a config count: a config of one's own inherits nothing from the demo."""

from typing import Any

import pytest

from parris.payloads import Json, Payload
from parris.validation.merge_configs import Levels, merge_levels

DEMO: Payload = {
    "training-script-filename": "demo.sh",
    "termination-method": ["on-complete", "at-fixed-time"],
    "termination-options": {"time-limit": 1.0},
    "instance-type": "t3.micro",
    "hyperparameters": {"epochs": 40},
}
NEEDED: dict[str, list[Json]] = {"machine": ["training-script-filename"], "image": []}
SCHEMA: Payload = {
    "properties": {
        "training-job-name": {"default": "stack"},
        "target": {"default": "machine"},
    },
    "allOf": [
        {
            "if": {"properties": {"target": {"const": name}}},
            "then": {"required": required},
        }
        for name, required in NEEDED.items()
    ],
}
OWN: Payload = {"training-script-filename": "own.sh"}


def merged(
    *, team: Payload | None = None, named: Payload | None = None, **others: Any
) -> dict[str, Any]:
    levels = Levels(
        DEMO, team or {}, named or {}, others.get("given", {}), others.get("stands_alone", False)
    )
    return merge_levels(levels, SCHEMA)


def test_an_empty_input_is_the_demo() -> None:
    assert merged() == {**DEMO, "training-job-name": "stack"}


@pytest.mark.parametrize("level", ["team", "named", "given"])
def test_a_config_that_names_a_script_inherits_nothing_from_the_demo(level: str) -> None:
    assert merged(**{level: OWN}) == {**OWN, "training-job-name": "stack"}


@pytest.mark.parametrize("level", ["team", "named", "given"])
def test_a_config_for_a_target_that_needs_no_script_inherits_nothing_from_it(level: str) -> None:
    own: Payload = {"target": "image", "hyperparameters": {"depth": 3}}
    assert merged(**{level: own}) == {**own, "training-job-name": "stack"}


@pytest.mark.parametrize("target", ["machine", "no-such-target"])
def test_a_config_for_another_target_is_over_the_demo(target: str) -> None:
    assert merged(given={"target": target})["hyperparameters"] == {"epochs": 40}


def test_a_script_in_the_teams_config_makes_that_the_base_of_an_override() -> None:
    team: Payload = {**OWN, "instance-type": "c5.large"}
    given: Payload = {"termination-options": {"time-limit": 2}}
    assert merged(team=team, given=given) == {**team, **given, "training-job-name": "stack"}


def test_a_config_that_the_command_was_given_stands_alone_without_a_script_too() -> None:
    named: Payload = {"instance-type": "c5.large"}
    assert merged(named=named, stands_alone=True) == {**named, "training-job-name": "stack"}


def test_null_removes_what_a_lower_level_gives_at_every_depth() -> None:
    team: Payload = {
        **OWN,
        "notify": [],
        "environment": {"A": "1", "B": "2"},
        "hyperparameters": {"epochs": 3},
        "training-job-name": "team",
    }
    named: Payload = {"environment": {"A": None}, "hyperparameters": {"epochs": None}}
    found = merged(team=team, named=named, given={"notify": None, "training-job-name": None})
    assert found == {
        **OWN,
        "environment": {"B": "2"},
        "hyperparameters": {},
        "training-job-name": "stack",
    }


def test_null_over_nothing_is_nothing_but_for_a_hyperparameter() -> None:
    named: Payload = {**OWN, "ami": None, "environment": {"A": None}}
    found = merged(named={**named, "hyperparameters": {"depth": None}})
    assert found == {
        **OWN,
        "environment": {},
        "hyperparameters": {"depth": None},
        "training-job-name": "stack",
    }


def test_a_limit_below_another_choice_of_method_is_left_out() -> None:
    team: Payload = {
        **OWN,
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": 5, "save-grace-seconds": 7},
    }
    found = merged(team=team, named={"termination-method": "on-complete"})
    assert found["termination-options"] == {"save-grace-seconds": 7}
    kept = merged(team=team, named={"termination-method": ["on-complete", "at-fixed-time"]})
    assert kept["termination-options"] == team["termination-options"]


def test_a_limit_with_the_choice_of_method_or_above_it_stays_and_is_warned_about() -> None:
    named: Payload = {**OWN, "termination-method": "on-complete"}
    options: Payload = {"time-limit": 5}
    assert merged(named={**named, "termination-options": options})["termination-options"] == options
    given: Payload = {"termination-options": options}
    assert merged(named=named, given=given)["termination-options"] == options


def test_a_method_over_the_demo_needs_a_limit_of_its_own() -> None:
    assert "termination-options" not in merged(given={"termination-method": "at-fixed-time"})
