"""Limits that leave a job nothing, and jobs that a deployment does not allow, are refused."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from parris.payloads import Json
from parris.validation.limits import find_bound_violations, find_limit_violations
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation
from tests.builders import LAUNCHED_AT, a_whole_rate, an_offer
from tests.parris.test_stack_parameters import SETTINGS

OFFERS = {
    one.title: one
    for one in (
        an_offer("t3.micro", a_whole_rate("0.0104")),
        an_offer("p3.2xlarge", a_whole_rate("3.06")),
    )
}


def violations_of(
    method: Json, options: dict[str, Json], types: Json = "t3.micro", **settings: Any
) -> list[Violation]:
    config: dict[str, Json] = {
        "termination-method": method,
        "termination-options": options,
        "instance-type": types,
    }
    offers = [OFFERS[title] for title in texts_of(config, "instance-type")]
    used = dataclasses.replace(SETTINGS, **settings)
    return [
        *find_limit_violations(config, used, LAUNCHED_AT),
        *find_bound_violations(config, offers, used, LAUNCHED_AT),
    ]


@pytest.mark.parametrize("hours", [0.0000001, 1 / 3600, 2.9 / 3600])
def test_a_limit_that_would_be_over_before_the_job_begins_is_refused(hours: float) -> None:
    (violation,) = violations_of("at-fixed-time", {"time-limit": hours})
    assert violation.path == "/termination-options/time-limit"
    assert "at least 3 s" in violation.expected


def test_the_shortest_limit_leaves_the_job_a_second() -> None:
    assert violations_of("at-fixed-time", {"time-limit": 3 / 3600}) == []


@pytest.mark.parametrize(
    ("clock_time", "expected"),
    [
        ("2026-11-20T12:00:02Z", "at least 3 s from now"),
        ("2027-11-20T12:00:00Z", "within 362 d 12 h, after which the target itself ends the job"),
    ],
)
def test_a_clock_time_leaves_time_to_train_and_ends_the_job_itself(
    clock_time: str, expected: str
) -> None:
    (violation,) = violations_of("at-clock-time", {"clock-time": clock_time})
    assert violation.path == "/termination-options/clock-time"
    assert expected in violation.expected


def test_a_clock_time_bounds_a_job_and_its_cost() -> None:
    options: dict[str, Json] = {"clock-time": "2026-11-20T22:00:00Z"}
    assert violations_of("at-clock-time", options, allows_unbounded_jobs=False) == []
    (violation,) = violations_of("at-clock-time", options, most_job_cost_usd=Decimal("0.1"))
    assert "a job that can cost 0.1" in violation.found


def test_a_deployment_may_refuse_jobs_without_a_bound() -> None:
    (violation,) = violations_of(["on-complete"], {"time-limit": 1}, allows_unbounded_jobs=False)
    assert violation.path == "/termination-method"
    assert "AllowUnboundedJobs" in violation.expected
    assert violations_of("at-fixed-time", {"time-limit": 1}, allows_unbounded_jobs=False) == []
    assert violations_of("on-complete", {}) == []


@pytest.mark.parametrize(
    ("method", "options", "types"),
    [
        ("on-complete", {}, "t3.micro"),
        ("at-fixed-time", {"time-limit": 200}, ["t3.micro", "p3.2xlarge"]),
        ("around-cost-threshold", {"cost-limit": 301}, "p3.2xlarge"),
    ],
)
def test_a_job_that_could_cost_more_than_the_ceiling_is_refused_and_told_what_to_do(
    method: Json, options: dict[str, Json], types: Json
) -> None:
    violations = violations_of(method, options, types, most_job_cost_usd=Decimal(100))
    (violation,) = violations
    assert violation.path == "/termination-options"
    assert "MaxJobCostUsd" in violation.expected
    assert "cost-limit of 100 or less" in violation.expected


@pytest.mark.parametrize(
    ("method", "options"),
    [("at-fixed-time", {"time-limit": 30}), ("around-cost-threshold", {"cost-limit": 100})],
)
def test_a_job_within_the_ceiling_is_allowed(method: Json, options: dict[str, Json]) -> None:
    assert violations_of(method, options, "p3.2xlarge", most_job_cost_usd=Decimal(100)) == []


def test_a_limit_that_is_missing_is_reported_by_another_check() -> None:
    assert violations_of("at-fixed-time", {}, allows_unbounded_jobs=False) == []
