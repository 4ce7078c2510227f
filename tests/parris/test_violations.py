"""Every violation of a config is reported at once, with what was found and what was expected."""

import json
from pathlib import Path
from typing import Any

import pytest

from parris.errors import ConfigInvalidError
from parris.payloads import Json, Payload
from parris.targets.ec2_stack.check_purchase import find_unstoppable_machine
from parris.validation.schema import find_shape_violations
from parris.validation.semantics import (
    find_missing_options,
    find_unpayable_limit,
    unused_limit_warnings,
)
from parris.validation.violations import Violation, refuse
from tests.builders import a_rate

CONFIG = Path("config")
SCHEMA = json.loads((CONFIG / "training-config.schema.json").read_text())
DEFAULT = json.loads((CONFIG / "training-config.json").read_text())


def violations_of(**changes: Any) -> dict[str, Violation]:
    config = {**DEFAULT, **{key.replace("__", "-"): value for key, value in changes.items()}}
    return {violation.path: violation for violation in find_shape_violations(config, SCHEMA)}


def test_the_default_config_has_no_violation() -> None:
    assert find_shape_violations(DEFAULT, SCHEMA) == []


def test_five_violations_are_five_violations() -> None:
    config: Payload = {
        "training-job-name": "not a name",
        "termination-method": "when-it-rains",
        "termination-options": {"time-limit": 0},
        "instance-type": 7,
        "volume-size-gib": 1,
        "training-script-filename": "trainer-script.sh",
    }
    violations = find_shape_violations(config, SCHEMA)
    assert [violation.path for violation in violations] == [
        "/instance-type",
        "/termination-method",
        "/termination-options/time-limit",
        "/training-job-name",
        "/volume-size-gib",
    ]


def test_a_missing_key_is_named_with_what_it_means() -> None:
    violations = find_shape_violations({}, SCHEMA)
    assert [violation.path for violation in violations] == [
        "/instance-type",
        "/termination-method",
        "/training-script-filename",
    ]
    assert all(violation.found == "nothing" for violation in violations)
    assert "EC2 instance type" in violations[0].expected


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("time-limit", "in hours; an older form of this key was in minutes"),
        ("cost-limit", "in USD"),
    ],
)
def test_a_limit_at_the_top_level_gets_its_place_and_unit(key: str, words: str) -> None:
    violation = violations_of(**{key: 90})[f"/{key}"]
    assert f"/termination-options/{key}" in violation.expected
    assert words in violation.expected


def test_an_unknown_key_is_a_violation_that_lists_the_known_ones() -> None:
    assert "instance-type" in violations_of(colour="red")["/colour"].expected


def test_a_key_in_snake_case_gets_its_kebab_case() -> None:
    assert violations_of(instance_type="t3.micro")["/instance_type"].expected.endswith(
        "'instance-type'"
    )


@pytest.mark.parametrize("written", ["instnace-type", "InstanceType", "instance_typ"])
def test_a_misspelled_key_gets_a_suggestion(written: str) -> None:
    expected = violations_of(**{written: "t3.micro"})[f"/{written}"].expected
    assert expected == "no such key; did you mean 'instance-type'?"


@pytest.mark.parametrize("method", ["at-fixed-tme", ["on-complete", "at-fixed-tme"]])
def test_a_misspelled_choice_ends_with_the_one_that_may_be_meant(method: Json) -> None:
    ((_, violation),) = violations_of(termination__method=method).items()
    assert violation.expected.endswith("; did you mean at-fixed-time?")


def test_known_keys_are_listed_once_however_many_are_unknown() -> None:
    found = violations_of(colour="red", shape="round")
    assert [one.expected.partition(";")[0] for one in found.values()] == ["no such key"] * 2
    assert sum("known keys are ami, " in one.expected for one in found.values()) == 1


def test_a_misspelled_limit_at_the_top_level_gets_its_place() -> None:
    expected = violations_of(**{"time-limit-hours": 5})["/time-limit-hours"].expected
    assert expected.startswith("it under /termination-options/time-limit, in hours")


def test_keys_that_begin_with_an_underscore_are_comments() -> None:
    assert violations_of(_why="because") == {}


@pytest.mark.parametrize("hours", [0, -1, 8700.1, "10", True, None])
def test_an_invalid_time_limit_is_refused(hours: object) -> None:
    found = violations_of(**{"termination__options": {"time-limit": hours}})
    assert list(found) == ["/termination-options/time-limit"]


def test_a_violation_of_a_number_has_its_unit() -> None:
    found = violations_of(**{"termination__options": {"time-limit": 9000}})
    assert found["/termination-options/time-limit"].expected == "at most 8700 hours"


@pytest.mark.parametrize("hours", ["10", "10x", "10h\n", "9" * 21 + "h", "1h" * 60, "9000h", "0h"])
def test_a_duration_that_is_none_or_out_of_bounds_is_refused_as_it_is_written(hours: str) -> None:
    found = violations_of(termination__options={"time-limit": hours})
    assert list(found) == ["/termination-options/time-limit"]
    assert found["/termination-options/time-limit"].found.startswith(json.dumps(hours)[:100])


def test_an_environment_variable_of_ours_is_refused_by_its_name() -> None:
    assert list(violations_of(environment={"PARRIS_JOB_ID": "x"})) == ["/environment/PARRIS_JOB_ID"]


@pytest.mark.parametrize(
    ("method", "option"), [("at-fixed-time", "time-limit"), ("around-cost-threshold", "cost-limit")]
)
def test_a_method_without_its_limit_is_a_violation(method: str, option: str) -> None:
    violations = list(find_missing_options({"termination-method": ["on-complete", method]}))
    assert [violation.path for violation in violations] == [f"/termination-options/{option}"]


def test_a_cost_limit_below_the_least_bill_is_a_violation() -> None:
    config: Payload = {
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 0.01},
    }
    (violation,) = find_unpayable_limit(config, [a_rate("0.1"), a_rate("3.06")])
    assert "at least 0.0510 USD" in violation.expected


def test_a_limit_whose_method_is_not_chosen_is_warned_about() -> None:
    options: Payload = {"time-limit": 5}
    config: Payload = {"termination-method": "on-complete", "termination-options": options}
    (warning,) = unused_limit_warnings(config)
    assert "at-fixed-time is not chosen" in warning


def test_all_violations_are_raised_in_one_numbered_error() -> None:
    violations = [Violation("/a", "1", "2"), Violation("/b", "3", "4")]
    with pytest.raises(ConfigInvalidError) as caught:
        refuse(violations)
    assert str(caught.value) == (
        "2 violations in the training config:\n"
        "1. /a: found 1, expected 2\n2. /b: found 3, expected 4"
    )


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("never", "/termination-method", 'one of "on-complete", "at-fixed-time"'),
        (["never", "on-complete"], "/termination-method/0", 'one of "on-complete"'),
        ([], "/termination-method", "a list with 1 or more entries"),
        (["on-complete", "on-complete"], "/termination-method", "without duplicates"),
    ],
)
def test_a_value_that_may_be_a_list_is_judged_as_what_it_is(
    value: object, path: str, words: str
) -> None:
    found = violations_of(termination__method=value)
    assert list(found) == [path]
    assert words in found[path].expected


def test_a_thousand_violations_are_counted_and_the_first_ones_listed() -> None:
    with pytest.raises(ConfigInvalidError) as caught:
        refuse([Violation("/a", "1", "x" * 300)] * 1000)
    assert str(caught.value).startswith("1000 violations in the training config:")
    assert str(caught.value).endswith("... and 950 more")
    assert len(str(caught.value)) < 32_768


def test_a_spot_instance_that_is_to_be_stopped_is_a_violation_that_says_what_to_do() -> None:
    (violation,) = find_unstoppable_machine(
        {"purchase-option": "spot", "on-termination": "stop-instance"}
    )
    assert violation.path == "/on-termination"
    assert "delete-stack" in violation.expected
    assert list(find_unstoppable_machine({"purchase-option": "spot"})) == []
    assert list(find_unstoppable_machine({"on-termination": "stop-instance"})) == []
