"""How often a deletion that fails is tried, and when it is forced."""

import pytest

from parris.targets.ec2_stack.deletion_retries import is_to_be_forced, pause_seconds
from parris.termination.ending import LONGEST_CLEANUP_SECONDS


@pytest.mark.parametrize(
    ("deletions", "seconds"), [(0, 30), (1, 30), (2, 120), (3, 300), (4, 1800), (40, 1800)]
)
def test_pauses_grow_until_they_are_half_an_hour(deletions: int, seconds: int) -> None:
    assert pause_seconds(deletions) == seconds


def test_the_fourth_deletion_is_the_first_that_is_forced() -> None:
    assert [is_to_be_forced(before) for before in range(5)] == [False, False, False, True, True]


def test_a_day_of_vain_deletions_stays_far_from_the_end_of_an_executions_history() -> None:
    waited, deletions = 0, 0
    while waited < LONGEST_CLEANUP_SECONDS:
        deletions += 1
        waited += pause_seconds(deletions)
    events_of_a_try = 14 + 9 * 8  # with eight checks until it has failed
    assert deletions * events_of_a_try < 5_000
