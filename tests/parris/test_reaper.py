"""What the reaper makes of what it finds."""

from datetime import UTC, datetime, timedelta

import pytest

from parris.recovery.reaper import (
    Belonging,
    Deed,
    Kind,
    Silence,
    deed_for_the_dead,
    silence_to_check,
    sleeper_of,
    watched_name_of,
)
from parris.timestamps import format_moment

NOW = datetime(2026, 11, 21, tzinfo=UTC)
YESTERDAY, TOMORROW = "2026-11-20T00:00:00Z", "2026-11-22T00:00:00.000Z"


def one(kind: Kind = Kind.INSTANCE, **given: object) -> Belonging:
    return Belonging("arn:of-a-run", kind, "its-name", **given)  # type: ignore[arg-type]


def dead(belongings: list[Belonging], *, is_forgotten: bool = False) -> Deed:
    return deed_for_the_dead(belongings, NOW, is_forgotten=is_forgotten)


@pytest.mark.parametrize("kind", [Kind.INSTANCE, Kind.VOLUME, Kind.STACK, Kind.JOB_NAME])
def test_whatever_a_dead_run_left_is_cleaned_up(kind: Kind) -> None:
    assert dead([one(kind)]) is Deed.CLEANED_UP


def test_of_a_dead_run_of_which_only_a_note_is_left_nothing_is_to_be_ended() -> None:
    assert dead([one(Kind.MACHINE_NOTE)]) is Deed.FORGOTTEN


def test_a_run_that_step_functions_forgot_holds_no_name_for_ever() -> None:
    items = [one(Kind.MACHINE_NOTE), one(Kind.JOB_NAME)]
    assert dead(items, is_forgotten=True) is Deed.FORGOTTEN
    assert dead([*items, one(Kind.VOLUME)], is_forgotten=True) is Deed.CLEANED_UP


@pytest.mark.parametrize("mark", [TOMORROW, "always", "until I am back"])
def test_what_is_kept_is_left_with_everything_around_it(mark: str) -> None:
    left = [one(is_over=True, keep_until=mark), one(Kind.VOLUME), one(Kind.STACK)]
    assert dead(left) is Deed.KEPT


def test_what_is_kept_may_be_switched_on_by_a_person() -> None:
    assert dead([one(keep_until=TOMORROW)]) is Deed.KEPT


def test_a_run_that_died_between_the_mark_and_its_end_is_cleaned_up_after() -> None:
    left = [one(keep_until="always"), one(Kind.JOB_NAME)]
    assert dead(left) is Deed.CLEANED_UP


def test_what_was_kept_until_now_expires() -> None:
    left = [one(is_over=True, keep_until=YESTERDAY), one(Kind.STACK)]
    assert dead(left) is Deed.EXPIRED


def test_the_latest_mark_of_a_run_counts_for_all_that_it_left() -> None:
    left = [one(keep_until=YESTERDAY), one(Kind.VOLUME, keep_until=TOMORROW)]
    assert dead(left) is Deed.KEPT


ASLEEP = one(Kind.JOB_NAME, is_asleep=True)


def test_a_run_that_sleeps_while_its_machine_works_is_left_asleep() -> None:
    assert sleeper_of([ASLEEP, one()]) is None


def test_a_run_that_is_awake_is_not_woken() -> None:
    assert sleeper_of([one(Kind.JOB_NAME)]) is None


@pytest.mark.parametrize("machine", [[], [one(is_over=True)]], ids=["gone", "over"])
def test_a_run_that_sleeps_although_its_machine_is_over_is_woken(machine: list[Belonging]) -> None:
    assert sleeper_of([ASLEEP, *machine]) == "its-name"


def test_a_run_that_sleeps_although_it_was_called_is_woken() -> None:
    called = one(Kind.JOB_NAME, is_asleep=True, is_called=True)
    assert sleeper_of([called, one()]) == "its-name"


def heard_ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("belongings", "is_watched"),
    [
        ([ASLEEP, one()], True),
        ([ASLEEP, one(is_over=True)], False),
        ([ASLEEP], False),
        ([one(Kind.JOB_NAME), one()], False),
        ([one()], False),
    ],
)
def test_the_heartbeats_of_a_run_that_sleeps_while_its_machine_runs_are_watched(
    belongings: list[Belonging], is_watched: bool
) -> None:
    assert watched_name_of(belongings) == (ASLEEP if is_watched else None)


@pytest.mark.parametrize(
    ("seconds", "is_woken"), [(-60, False), (0, False), (900, False), (900.001, True), (9e6, True)]
)
def test_a_run_is_woken_for_a_heartbeat_that_is_stale(seconds: float, is_woken: bool) -> None:
    silence = Silence(heard_ago(seconds), 1)
    assert silence_to_check(ASLEEP, heard_ago(seconds), NOW) == (silence if is_woken else None)


def test_a_run_without_a_heartbeat_is_not_woken() -> None:
    assert silence_to_check(ASLEEP, None, NOW) is None


def test_a_run_is_woken_once_for_each_silence() -> None:
    heard_at = heard_ago(3600)
    since = format_moment(heard_at)
    checked = one(Kind.JOB_NAME, is_asleep=True, silent_since=since, silences=1)
    assert silence_to_check(checked, heard_at, NOW) is None
    assert silence_to_check(checked, heard_ago(1800), NOW) == Silence(heard_ago(1800), 2)


@pytest.mark.parametrize(("seconds", "is_woken"), [(900 + 90 * 40, False), (901 + 90 * 40, True)])
def test_each_further_silence_has_to_be_longer(seconds: int, is_woken: bool) -> None:
    often = one(Kind.JOB_NAME, is_asleep=True, silences=40)
    assert (silence_to_check(often, heard_ago(seconds), NOW) is not None) is is_woken


def test_the_longest_job_that_is_silent_again_and_again_does_not_die_of_its_history() -> None:
    """Each time it is silent just so long that its run is woken, and the reaper looks at once."""
    events_of_one_check = 13 + 5  # Poll, Choice and a sleep; a notification
    passed, silences = timedelta(), 0
    while passed < timedelta(hours=8_700):
        passed += timedelta(seconds=900 + 90 * silences)
        silences += 1
    assert silences * events_of_one_check < 20_000
