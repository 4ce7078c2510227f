"""The checks of a sweep config that its schema cannot express."""

from decimal import Decimal
from typing import Any

import pytest

from parris.payloads import Payload
from parris.sweeps.check import (
    find_budget_violations,
    find_parameter_violations,
    find_search_violations,
    find_training_violations,
    find_trial_violations,
    find_value_violations,
    violations_of_training,
)
from parris.sweeps.config import SweepConfig
from parris.sweeps.worst_case import WorstCase

DEPTH: dict[str, Any] = {"type": "integer", "minimum": 2, "maximum": 4}


def a_config(**changed: Any) -> Payload:
    return {
        "sweep-name": "iris",
        "training": {},
        "parameters": {"depth": DEPTH},
        "search": {"method": "random"},
        "trials": 5,
        "budget": {"cost-limit": 1, "time-limit": "1h"},
        **changed,
    }


@pytest.mark.parametrize(
    ("parameter", "path"),
    [
        ({"type": "categorical"}, "values"),
        ({"type": "categorical", "values": ["a"], "minimum": 1}, "minimum"),
        ({"type": "float", "maximum": 1}, "minimum"),
        ({"type": "float", "minimum": 1}, "maximum"),
        ({"type": "float", "minimum": 2, "maximum": 1}, "maximum"),
        ({"type": "float", "minimum": 0, "maximum": 1, "scale": "log"}, "minimum"),
        ({"type": "integer", "minimum": 0.5, "maximum": 1}, "minimum"),
        ({"type": "integer", "values": [1, "2"]}, "values"),
        ({"type": "integer", "values": [1, 1.5]}, "values"),
    ],
)
def test_a_parameter_that_describes_no_values_is_a_violation(parameter: Any, path: str) -> None:
    found = list(find_parameter_violations(a_config(parameters={"x": parameter})))
    assert [one.path for one in found] == [f"/parameters/x/{path}"]


def test_a_number_that_json_does_not_have_is_a_violation_outside_of_the_training() -> None:
    infinite = float("inf")
    config = a_config(
        training={"hyperparameters": {"x": infinite}},
        parameters={"depth": {"type": "integer", "minimum": 2, "maximum": infinite}},
        search={"method": "list", "trials": [{"depth": 1}, {"depth": -infinite}]},
    )
    found = [one.path for one in find_value_violations(config)]
    assert found == ["/parameters/depth/maximum", "/search/trials/1/depth"]


@pytest.mark.parametrize(
    ("changed", "paths"),
    [
        ({}, []),
        ({"trials": None}, ["/trials"]),
        ({"parameters": None}, ["/parameters"]),
        ({"search": {"method": "grid"}}, ["/trials"]),
        ({"search": {"method": "grid"}, "trials": None}, []),
        ({"search": {"method": "random", "trials-file": "a"}}, ["/search/trials-file"]),
        ({"search": {"method": "list"}}, ["/search", "/parameters"]),
        ({"search": {"method": "list", "trials": [{}]}, "parameters": None}, []),
    ],
)
def test_a_method_has_the_keys_that_it_needs_and_no_others(
    changed: Payload, paths: list[str]
) -> None:
    config: Payload = {}
    config |= {key: value for key, value in a_config(**changed).items() if value is not None}
    assert [one.path for one in find_search_violations(config)] == paths


@pytest.mark.parametrize("key", ["training-job-name", "sweep-trial", "sweep-goal"])
def test_a_key_that_the_sweep_sets_itself_is_a_violation(key: str) -> None:
    (found,) = find_training_violations(a_config(training={key: "x"}))
    assert found.path == f"/training/{key}"


def test_a_grid_of_too_many_or_of_no_points_is_a_violation() -> None:
    deep = {"type": "integer", "minimum": 1, "maximum": 10_001}
    # A range that no list has room for.
    deeper = {"type": "integer", "minimum": 1, "maximum": 10**15}
    no_points = {"type": "float", "minimum": 0, "maximum": 1}
    for parameters in ({"x": deep}, {"x": deeper}, {"x": no_points}):
        config = a_config(parameters=parameters, search={"method": "grid"})
        (found,) = find_trial_violations(SweepConfig.from_payload(config), [])
        assert found.path == "/parameters"


def test_each_trial_of_a_list_is_checked() -> None:
    config = SweepConfig.from_payload(a_config(search={"method": "list"}))
    listed: list[Payload] = [{"depth": 1}, {"a-b": 1, "a_b": 2}]
    (found,) = find_trial_violations(config, listed)
    assert found.path == "/search/trials/1"


@pytest.mark.parametrize(
    ("usd", "seconds", "paths"),
    [
        ("1.00", 3600, []),
        ("1.0001", 3600, ["/budget/cost-limit"]),
        ("1.00", 3601, ["/budget/time-limit"]),
        (None, 3600, ["/training"]),
    ],
)
def test_a_budget_that_is_smaller_than_one_trial_is_a_violation(
    usd: str | None, seconds: int, paths: list[str]
) -> None:
    worst = WorstCase(None if usd is None else Decimal(usd), seconds)
    config = SweepConfig.from_payload(a_config())
    found = find_budget_violations(config, worst, keeps_resources=False)
    assert [one.path for one in found] == paths


def test_a_training_that_keeps_its_machine_is_a_violation() -> None:
    config = SweepConfig.from_payload(a_config())
    worst = WorstCase(Decimal(1), 60)
    (found,) = find_budget_violations(config, worst, keeps_resources=True)
    assert found.path == "/training/on-termination"


def test_the_violations_of_the_training_config_keep_their_paths() -> None:
    text = "2 violations in the training config:\n1. /a/b: found 1, expected 2\n2. /c: found x, expected y"  # noqa: E501
    found = violations_of_training(text)
    assert [(one.path, one.found, one.expected) for one in found] == [
        ("/training/a/b", "1", "2"),
        ("/training/c", "x", "y"),
    ]


def test_a_check_that_reports_no_list_is_one_violation() -> None:
    (found,) = violations_of_training("something else")
    assert (found.path, found.found) == ("/training", "something else")
