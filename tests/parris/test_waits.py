"""When a sleeping run checks without an event, and what wakes it before."""

import pytest

from parris.waits import WOKEN_BY, Cause, Wait, sleep_seconds


@pytest.mark.parametrize(
    ("wait", "checks_at"),
    [
        (Wait.LAUNCH, [180, 360, 660, 960, 1260, 1560, 1860]),
        (Wait.SAVING, [300, 600, 1200, 2100, 3000, 3900]),
        (Wait.DELETING, [900, 1800, 3600, 7200, 10800]),
        (Wait.LEFTOVERS, [3, 6, 12, 24, 48, 96]),
    ],
)
def test_safety_checks_become_less_frequent(wait: Wait, checks_at: list[int]) -> None:
    waited_seconds = 0
    found: list[int] = []
    while len(found) < len(checks_at):
        waited_seconds += sleep_seconds(wait, waited_seconds)
        found.append(waited_seconds)
    assert found == checks_at


def test_a_day_of_deleting_takes_few_checks() -> None:
    waited_seconds, checks = 0, 0
    while waited_seconds < 24 * 3600:
        waited_seconds += sleep_seconds(Wait.DELETING, waited_seconds)
        checks += 1
    assert checks < 30


def test_weeks_of_waiting_for_capacity_take_few_checks() -> None:
    waited_seconds, checks = 0, 0
    while waited_seconds < 28 * 24 * 3600:
        waited_seconds += sleep_seconds(Wait.LAUNCH, waited_seconds)
        checks += 1
    # Each takes 14 history events, of which an execution can have 25,000.
    assert checks < 200


@pytest.mark.parametrize(
    ("wait", "reported"),
    [
        (Wait.LAUNCH, Cause.LAUNCHED),
        (Wait.SAVING, Cause.MACHINE_OVER),
        (Wait.DELETING, Cause.DELETED),
    ],
)
def test_a_check_that_does_not_see_yet_what_an_event_said_is_repeated_soon(
    wait: Wait, reported: Cause
) -> None:
    assert sleep_seconds(wait, 600, {reported}, is_woken=True) == 5
    # It may never see it, for instance because a person has started the machine again.
    assert [sleep_seconds(wait, waited, {reported}) for waited in (0, 60, 600)] == [3, 60, 300]


@pytest.mark.parametrize("reported", [Cause.CHECK, Cause.STOP, Cause.MACHINE_ENDING])
def test_another_wake_does_not_make_the_sleep_shorter(reported: Cause) -> None:
    assert sleep_seconds(Wait.SAVING, 0, {reported}, is_woken=True) == 300


def test_every_cause_wakes_some_wait_and_every_wait_but_the_last_has_an_event() -> None:
    assert set(WOKEN_BY) == set(Cause)
    assert all(WOKEN_BY.values())
