import pytest

from parris.backoff import check_interval_seconds


def looks_until(takes_seconds: int) -> list[int]:
    """Return the times of all polls, from the beginning until the end is observed."""
    polls = [0]
    while polls[-1] < takes_seconds:
        polls.append(polls[-1] + check_interval_seconds(polls[-1]))
    return polls


@pytest.mark.parametrize(("takes_seconds", "most_looks"), [(3, 3), (90, 7), (600, 11), (3600, 21)])
def test_what_takes_long_is_polled_rarely(takes_seconds: int, most_looks: int) -> None:
    assert len(looks_until(takes_seconds)) <= most_looks


def test_what_ends_quickly_is_observed_soon() -> None:
    assert looks_until(1) == [0, 3]


@pytest.mark.parametrize("takes_seconds", [10, 20, 40, 60])
def test_nobody_waits_for_more_than_twice_as_long_as_it_takes(takes_seconds: int) -> None:
    assert looks_until(takes_seconds)[-1] < 2 * takes_seconds


def test_no_check_comes_later_than_five_minutes_after_the_one_before() -> None:
    assert check_interval_seconds(24 * 3600) == 300
