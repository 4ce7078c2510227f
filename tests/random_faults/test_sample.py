"""A few drawn rehearsals, and that what must hold of them can be seen not to."""

import dataclasses
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from parris_cli.rehearsal.run_rehearsal import VirtualDeployment, virtual_deployment
from parris_cli.terminal.screen import Screen
from tests.random_faults.check import problems_of
from tests.random_faults.draw import KINDS, METHODS, draw
from tests.random_faults.rehearse import Rehearsed, rehearse_drawn

SEED = 13
# Chosen for being different: how they end is in the order of their numbers.
SAMPLE = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(sys.stderr)) as found:
        yield found


@pytest.fixture(scope="module")
def rehearsed(deployment: VirtualDeployment) -> list[Rehearsed]:
    return [rehearse_drawn(deployment, draw(SEED, number)) for number in SAMPLE]


def test_every_invariant_holds_of_a_sample(rehearsed: list[Rehearsed]) -> None:
    found = {number: problems_of(one) for number, one in zip(SAMPLE, rehearsed, strict=True)}
    assert {number: problems for number, problems in found.items() if problems} == {}


def with_machine(rehearsed: list[Rehearsed]) -> Rehearsed:
    return next(one for one in rehearsed if one.truth.instances and one.outcome)


def test_a_wrong_reason_is_seen(rehearsed: list[Rehearsed]) -> None:
    one = with_machine(rehearsed)
    wrong = dataclasses.replace(one, outcome={**one.outcome, "reason": "SUPERSEDED"}, record=None)
    assert any(problem.startswith("wrong reason: SUPERSEDED") for problem in problems_of(wrong))


def test_a_limit_that_was_exceeded_is_seen(rehearsed: list[Rehearsed]) -> None:
    one = with_machine(rehearsed)
    drawn = dataclasses.replace(one.drawn, time_limit_seconds=1.0, cost_limit_usd=0.0001, faults=())
    problems = problems_of(dataclasses.replace(one, drawn=drawn))
    assert any(problem.startswith("time limit exceeded by ") for problem in problems)
    assert any(problem.startswith("cost limit exceeded by ") for problem in problems)


def test_what_is_left_and_not_listed_is_seen(rehearsed: list[Rehearsed]) -> None:
    one = with_machine(rehearsed)
    volumes = {
        name: dataclasses.replace(volume, gone_at=None)
        for name, volume in one.truth.volumes.items()
    }
    truth = dataclasses.replace(one.truth, volumes=volumes)
    left = dataclasses.replace(one, truth=truth, outcome={**one.outcome, "kept": []})
    assert any(problem.startswith("left and not in kept: vol-") for problem in problems_of(left))


@pytest.mark.parametrize(("usd", "words"), [("0.0000", "too little"), ("9999", "too much")])
def test_a_cost_that_is_misreported_is_seen(
    rehearsed: list[Rehearsed], usd: str, words: str
) -> None:
    one = with_machine(rehearsed)
    wrong = dataclasses.replace(one, outcome={**one.outcome, "estimated_cost_usd": usd})
    assert any(problem.startswith(f"reported {words}") for problem in problems_of(wrong))


def test_a_record_that_is_missing_is_seen(rehearsed: list[Rehearsed]) -> None:
    wrong = dataclasses.replace(with_machine(rehearsed), record=None)
    assert "there is no record" in problems_of(wrong)


def test_a_history_that_is_too_long_is_seen(rehearsed: list[Rehearsed]) -> None:
    wrong = dataclasses.replace(rehearsed[0], history_events=20_000)
    assert "the history has 20000 events" in problems_of(wrong)


def test_the_same_seed_and_number_draw_the_same() -> None:
    assert draw(SEED, 3) == draw(SEED, 3)
    assert draw(SEED, 3) != draw(SEED, 4)
    assert draw(SEED, 3) != draw(SEED + 1, 3)


def test_every_kind_of_fault_and_every_choice_of_methods_is_drawn() -> None:
    drawn = [draw(SEED, number) for number in range(200)]
    assert {fault.kind for one in drawn for fault in one.faults} == set(KINDS)
    methods = {str(one.config["termination-method"]) for one in drawn}
    assert len(methods) == len(METHODS)
    assert all(1 <= len(one.faults) <= 4 for one in drawn)
    assert all(fault.at >= timedelta(0) for one in drawn for fault in one.faults)
