import itertools

import numpy as np
import pytest

from parris.sweeps.search.encoding import Encoding
from parris.sweeps.search.gaussian_process import fit
from parris.sweeps.search.observation import Observation
from parris.sweeps.search.parameters import CategoricalParameter, FloatParameter, IntegerParameter
from parris.sweeps.search.space import Space
from parris.sweeps.search.thompson import MOST_FITTED, ThompsonSampling, most_telling
from parris.sweeps.search.warping import standardise

PLANE = Space((FloatParameter("x", 0.0, 1.0), FloatParameter("y", 0.0, 1.0)))


def grid(count: int) -> "np.typing.NDArray[np.float64]":
    steps = np.linspace(0, 1, count)
    return np.array(list(itertools.product(steps, steps)))


def test_a_process_passes_through_values_without_noise() -> None:
    points = grid(6)
    values = np.sin(5 * points[:, 0]) + points[:, 1]
    process = fit(points, values - values.mean(), np.arange(2))
    between = grid(5) * 0.8 + 0.1
    expected = np.sin(5 * between[:, 0]) + between[:, 1] - values.mean()
    assert process.mean(between) == pytest.approx(expected, abs=0.05)
    assert process.noise < 1e-3


def test_a_process_finds_how_much_noise_there_is() -> None:
    points = grid(12)
    noise = 0.3 * np.random.default_rng(0).standard_normal(len(points))
    values = np.sin(5 * points[:, 0]) + noise
    process = fit(points, values - values.mean(), np.arange(2))
    assert process.noise * process.amplitude == pytest.approx(0.09, rel=0.4)


def test_a_process_finds_which_parameter_matters() -> None:
    points = grid(8)
    process = fit(points, np.sin(6 * points[:, 0]), np.arange(2))
    assert process.scales[1] > 3 * process.scales[0]


def test_draws_are_spread_around_the_mean_as_far_as_is_unknown() -> None:
    points = grid(4) * 0.5
    process = fit(points, np.sin(5 * points[:, 0]), np.arange(2))
    places = np.vstack([points[:1], [[1.0, 1.0]]])
    draws = np.array([process.draw(np.random.default_rng(at))(places) for at in range(200)])
    known, unknown = draws.std(0)
    assert known < 0.1 < unknown
    assert abs(draws.mean(0) - process.mean(places))[0] < 0.05


def test_the_values_of_a_parameter_have_one_place_each() -> None:
    space = Space(
        (
            IntegerParameter("batch", 1, 64, is_log=True),
            CategoricalParameter("kind", ("a", "b", "c")),
            CategoricalParameter("width", (16, 32), is_ordered=True),
        )
    )
    encoding = Encoding(space)
    units = np.random.default_rng(0).random((20000, 3))
    places = {row.tobytes() for row in np.round(encoding.encode(units), 9)}
    assert len(places) == 64 * 3 * 2
    assert list(encoding.parameter_of) == [0, 1, 1, 1, 2]


def test_an_encoded_place_is_that_of_its_values() -> None:
    space = Space((IntegerParameter("n", 3, 40, is_log=True), FloatParameter("x", 2.0, 5.0)))
    units = np.random.default_rng(0).random((200, 2))
    again = np.array([space.units_of(space.at(row.tolist())) for row in units])
    encode = Encoding(space).encode
    assert encode(units) == pytest.approx(encode(again))


def test_a_huge_value_does_not_flatten_the_others() -> None:
    values: list[float | None] = [0.0, 1.0, 2.0, 3.0, 4.0, 1e9]
    standard = standardise(values)
    assert list(np.argsort(standard)) == [0, 1, 2, 3, 4, 5]
    assert standard[1] - standard[0] > 0.2


def test_the_largest_numbers_that_there_are_can_be_learnt_from() -> None:
    assert np.isfinite(standardise([1.7e308, -1.7e308, 0.0, 1.0, None])).all()


def test_a_trial_without_a_value_is_as_bad_as_the_worst() -> None:
    standard = standardise([1.0, None, 3.0, 2.0])
    assert standard[1] == standard[2] == standard.max()


def test_no_trial_is_repeated_while_there_are_others() -> None:
    space = Space((IntegerParameter("a", 1, 4), CategoricalParameter("b", ("x", "y"))))
    observed: list[Observation] = []
    for number in range(8):
        search = ThompsonSampling(space, 0, number)
        search.restore(observed)
        chosen = search.suggest([])
        observed.append(Observation(chosen, float(chosen["a"])))
    learnt = [tuple(one.parameters.values()) for one in observed[5:]]
    assert len(set(learnt)) == len(learnt)
    assert not {tuple(one.parameters.values()) for one in observed[:5]} & set(learnt)


def test_of_a_thousand_trials_the_best_and_the_latest_are_fitted() -> None:
    values = np.random.default_rng(0).random(1000)
    kept, chosen = most_telling(values)
    best = set(np.argsort(values)[: MOST_FITTED // 2])
    latest = sorted(set(range(1000)) - best)[-MOST_FITTED // 2 :]
    assert list(kept) == sorted(best | set(latest))
    assert list(chosen) == list(values[kept])


def test_few_trials_are_all_fitted() -> None:
    values = np.arange(MOST_FITTED)
    assert list(most_telling(values)[0]) == list(range(MOST_FITTED))


def test_a_thousand_trials_can_be_learnt_from() -> None:
    rng = np.random.default_rng(0)
    rows = rng.random((1000, 2))
    search = ThompsonSampling(PLANE, 0, 1000)
    search.restore(Observation({"x": x, "y": y}, (x - 0.3) ** 2 + (y - 0.6) ** 2) for x, y in rows)
    chosen = search.suggest([])
    assert [chosen["x"], chosen["y"]] == pytest.approx([0.3, 0.6], abs=0.05)
