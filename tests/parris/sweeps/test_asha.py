"""Which trials go on from a rung."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.sweeps.asha import LARGEST_RUNG, goes_on, places_of, rungs_of
from parris.sweeps.reached_rungs import reached_rungs

FACTORS = st.integers(2, 9)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60, unique=True)
ANY = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(("first", "factor", "rungs"), [(1, 4, [1, 4, 16]), (5, 3, [5, 15, 45])])
def test_each_rung_takes_so_many_times_as_many_reports(
    first: int, factor: int, rungs: list[int]
) -> None:
    found = rungs_of(first, factor)
    assert found[:3] == rungs
    assert LARGEST_RUNG / factor < found[-1] <= LARGEST_RUNG


@given(values=VALUES, factor=FACTORS, is_maximized=st.booleans())
def test_of_trials_that_have_all_come_the_best_share_goes_on(
    values: list[float], factor: int, is_maximized: bool
) -> None:
    ranked = sorted(values, reverse=is_maximized)
    going = [one for one in ranked if goes_on(one, values, factor, is_maximized=is_maximized)]
    assert going == ranked[: max(1, len(values) // factor)]


@given(values=st.lists(ANY, max_size=30), value=ANY, factor=FACTORS, is_maximized=st.booleans())
def test_a_worse_trial_that_comes_later_never_keeps_a_better_one_from_going_on(
    values: list[float], value: float, factor: int, is_maximized: bool
) -> None:
    before = [*values, value]
    if not goes_on(value, before, factor, is_maximized=is_maximized):
        return
    for worse in (value - 1 if is_maximized else value + 1, math.nan):
        assert goes_on(value, [*before, worse], factor, is_maximized=is_maximized)


@given(values=st.lists(ANY, max_size=30), factor=FACTORS, is_maximized=st.booleans())
def test_the_best_so_far_goes_on_and_a_value_that_is_no_number_never_does(
    values: list[float], factor: int, is_maximized: bool
) -> None:
    best = sys.float_info.max * (1 if is_maximized else -1)
    assert goes_on(best, [*values, best], factor, is_maximized=is_maximized)
    for wrong in (math.nan, math.inf, -math.inf):
        assert not goes_on(wrong, [*values, wrong], factor, is_maximized=is_maximized)


def test_of_equal_values_all_go_on_or_none() -> None:
    assert all(goes_on(1.0, [1.0] * 8, 4, is_maximized=False) for _ in range(8))
    assert not goes_on(1.0, [1.0, 1.0, 0.5], 2, is_maximized=False)
    assert places_of(8, 4) == 2


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"[]",
        b"{}",
        b"not json",
        b'{"rungs": 1}',
        b'{"rungs": [1, {}, {"reports": true}]}',
    ],
)
def test_a_file_that_a_script_has_spoilt_has_no_rungs(body: bytes | None) -> None:
    assert reached_rungs(body, [1, 4]) == {}


def test_only_rungs_of_the_sweep_count_in_their_order() -> None:
    body = (
        b'{"rungs": [{"reports": 4, "value": "NaN"}, {"reports": 1, "value": 0.5},'
        b' {"reports": 2, "value": 3}, {"reports": 16, "value": 1%s}]}' % (b"0" * 400)
    )
    found = reached_rungs(body, [1, 4, 16])
    assert list(found) == [1, 4, 16]
    assert found[1] == 0.5
    assert math.isnan(found[4]) and math.isnan(found[16])
