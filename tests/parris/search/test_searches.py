"""What every search keeps to."""

import math

import pytest

from parris.sweeps.search.observation import Observation
from parris.sweeps.search.parameters import (
    CategoricalParameter,
    FloatParameter,
    IntegerParameter,
    Scalar,
)
from parris.sweeps.search.searches import new_search
from parris.sweeps.search.space import Assignment, Space

SPACE = Space(
    (
        CategoricalParameter("kind", ("a", "b", True)),
        IntegerParameter("layers", 1, 4),
        FloatParameter("rate", 1e-4, 1.0, is_log=True),
        CategoricalParameter("width", (16, 32, 64), is_ordered=True),
    )
)
EVERY = ["random", "thompson", "tpe"]
LEARNING = ["thompson", "tpe"]


def loss(assignment: Assignment) -> float:
    rate = math.log10(float(assignment["rate"]))
    return (rate + 2) ** 2 + abs(int(assignment["layers"]) - 3) + 2 * (assignment["kind"] != "b")


def suggestions(method: str, count: int, seed: int = 1, workers: int = 1) -> list[Assignment]:
    """Return the parameters of trials of which `workers` run at the same time."""
    trials: list[Assignment] = []
    for number in range(count):
        search = new_search(method, SPACE, seed, number)
        ended = max(0, number - workers + 1)
        search.restore(Observation(one, loss(one)) for one in trials[:ended])
        trials.append(search.suggest(trials[ended:]))
    return trials


def is_of_space(assignment: Assignment) -> bool:
    kinds: list[Scalar] = ["a", "b", True]
    return (
        list(assignment) == ["kind", "layers", "rate", "width"]
        and assignment["kind"] in kinds
        and assignment["layers"] in range(1, 5)
        and 1e-4 <= float(assignment["rate"]) <= 1
        and assignment["width"] in (16, 32, 64)
    )


@pytest.mark.parametrize("method", EVERY)
def test_suggestions_are_values_of_the_parameters(method: str) -> None:
    assert [one for one in suggestions(method, 14, workers=3) if not is_of_space(one)] == []


@pytest.mark.parametrize("method", EVERY)
def test_the_same_trials_get_the_same_suggestion_again(method: str) -> None:
    assert suggestions(method, 14, workers=4) == suggestions(method, 14, workers=4)


@pytest.mark.parametrize("method", EVERY)
def test_another_seed_suggests_other_parameters(method: str) -> None:
    assert suggestions(method, 1, seed=1) != suggestions(method, 1, seed=2)


@pytest.mark.parametrize("method", EVERY)
def test_trials_that_start_together_differ(method: str) -> None:
    observed = [Observation(one, loss(one)) for one in suggestions("random", 12)]
    rates = set()
    for number in range(12, 18):
        search = new_search(method, SPACE, 1, number)
        search.restore(observed)
        rates.add(search.suggest([])["rate"])
    assert len(rates) == 6


@pytest.mark.parametrize("method", LEARNING)
def test_a_search_that_learns_beats_a_random_one(method: str) -> None:
    learnt = [loss(one) for one in suggestions(method, 40, workers=2)[20:]]
    drawn = [loss(one) for one in suggestions("random", 40)[20:]]
    assert sum(learnt) / 20 < 0.6 * sum(drawn) / 20


@pytest.mark.parametrize("method", LEARNING)
def test_failed_trials_count_as_bad_ones(method: str) -> None:
    trials: list[Observation] = []
    for number in range(40):
        search = new_search(method, SPACE, 3, number)
        search.restore(trials)
        chosen = search.suggest([])
        fails = float(chosen["rate"]) > 0.1
        trials.append(Observation(chosen, math.nan if fails else loss(chosen)))
    assert sum(float(one.parameters["rate"]) > 0.1 for one in trials[25:]) <= 3


@pytest.mark.parametrize("method", LEARNING)
def test_nothing_but_failures_is_no_reason_to_stop(method: str) -> None:
    search = new_search(method, SPACE, 1, 30)
    search.restore([Observation(one, None) for one in suggestions("random", 12)])
    assert is_of_space(search.suggest([]))


@pytest.mark.parametrize("method", LEARNING)
def test_reports_are_as_good_as_restored_observations(method: str) -> None:
    observed = [Observation(one, loss(one)) for one in suggestions("random", 12)]
    restored, reported = (new_search(method, SPACE, 1, 12) for _ in range(2))
    restored.restore(observed)
    for one in observed:
        reported.report(one.parameters, one.value)
    assert restored.suggest([]) == reported.suggest([])


def test_a_grid_has_each_combination_once() -> None:
    space = Space((CategoricalParameter("a", (1, 2)), IntegerParameter("b", 3, 5)))
    trials = [new_search("grid", space, 0, at).suggest([]) for at in range(6)]
    assert [(one["a"], one["b"]) for one in trials] == [
        (1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5),
    ]  # fmt: skip
    with pytest.raises(IndexError, match="6 combinations"):
        new_search("grid", space, 0, 6).suggest([])


def test_random_search_covers_the_whole_space() -> None:
    trials = suggestions("random", 200)
    assert {(one["kind"], one["layers"]) for one in trials} == {
        (kind, layers) for kind in ("a", "b", True) for layers in range(1, 5)
    }
