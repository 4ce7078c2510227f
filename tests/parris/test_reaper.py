"""What the reaper makes of what it finds."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parris.recovery.reaper import (
    HeldName,
    Owned,
    ReaperAction,
    Silence,
    action_for_abandoned,
    silence_to_check,
    sleeper_of,
    watched_name_of,
)
from parris.resource import Resource
from parris.timestamps import format_timestamp
from parris.waits import Wait

NOW = datetime(2026, 11, 21, tzinfo=UTC)
YESTERDAY, TOMORROW = "2026-11-20T00:00:00Z", "2026-11-22T00:00:00.000Z"


def one(kind: str = "instance", **given: Any) -> Resource:
    """Return what a job runs on, or another resource of it."""
    runs_job = kind == "instance"
    return Resource("some-target", kind, "its-id", "", "", runs_job=runs_job, **given)


def owned(*resources: Resource, name: HeldName | None = None) -> Owned:
    return Owned(resources, name)


def dead(what: Owned, *, is_forgotten: bool = False) -> ReaperAction:
    return action_for_abandoned(what, NOW, is_forgotten=is_forgotten)


NAMED = HeldName("its-name")


@pytest.mark.parametrize(
    "what",
    [owned(one()), owned(one("volume")), owned(name=NAMED)],
    ids=["machine", "other", "name"],
)
def test_whatever_a_dead_run_left_is_cleaned_up(what: Owned) -> None:
    assert dead(what) is ReaperAction.CLEANED_UP


def test_of_a_dead_run_of_which_only_a_note_is_left_nothing_is_to_be_ended() -> None:
    assert dead(Owned(noted_machines=("its-id",))) is ReaperAction.FORGOTTEN


def test_a_run_that_step_functions_forgot_holds_no_name_for_ever() -> None:
    items = Owned(held_name=NAMED, noted_machines=("its-id",))
    assert dead(items, is_forgotten=True) is ReaperAction.FORGOTTEN
    with_volume = dataclasses.replace(items, resources=(one("volume"),))
    assert dead(with_volume, is_forgotten=True) is ReaperAction.CLEANED_UP


@pytest.mark.parametrize("mark", [TOMORROW, "always", "until I am back"])
def test_what_is_kept_is_left_with_everything_around_it(mark: str) -> None:
    left = owned(one(is_over=True, keep_until=mark), one("volume"), one("stack"))
    assert dead(left) is ReaperAction.KEPT


def test_what_is_kept_may_be_switched_on_by_a_person() -> None:
    assert dead(owned(one(keep_until=TOMORROW))) is ReaperAction.KEPT


def test_a_run_that_died_between_the_mark_and_its_end_is_cleaned_up_after() -> None:
    left = owned(one(keep_until="always"), name=NAMED)
    assert dead(left) is ReaperAction.CLEANED_UP


def test_what_was_kept_until_now_expires() -> None:
    left = owned(one(is_over=True, keep_until=YESTERDAY), one("stack"))
    assert dead(left) is ReaperAction.EXPIRED


def test_the_latest_mark_of_a_run_counts_for_all_that_it_left() -> None:
    left = owned(one(keep_until=YESTERDAY), one("volume", keep_until=TOMORROW))
    assert dead(left) is ReaperAction.KEPT


ASLEEP = HeldName("its-name", Wait.CONDITION)


def test_a_run_that_sleeps_while_its_machine_works_is_left_asleep() -> None:
    assert sleeper_of(owned(one(), name=ASLEEP), NOW) is None


def test_a_run_that_is_awake_is_not_woken() -> None:
    assert sleeper_of(owned(name=NAMED), NOW) is None


@pytest.mark.parametrize("machine", [[], [one(is_over=True)]], ids=["gone", "over"])
def test_a_run_that_sleeps_although_its_machine_is_over_is_woken(machine: list[Resource]) -> None:
    assert sleeper_of(owned(*machine, name=ASLEEP), NOW) == "its-name"


@pytest.mark.parametrize(
    ("news", "is_due"),
    [
        ({"is_called": True}, True),
        ({"is_woken": True}, True),
        ({"sleeps_until": "2026-11-20T23:54:59.000Z"}, True),
        ({"sleeps_until": "2026-11-20T23:55:00.000Z"}, False),
        ({"sleeps_until": TOMORROW}, False),
    ],
    ids=["requested", "woken before", "overdue", "a little late", "not due"],
)
def test_a_run_that_sleeps_although_a_check_is_due_is_woken(
    news: dict[str, Any], is_due: bool
) -> None:
    sleeping = dataclasses.replace(ASLEEP, **news)
    assert sleeper_of(owned(one(), name=sleeping), NOW) == ("its-name" if is_due else None)
    awake = dataclasses.replace(sleeping, wait=None)
    assert sleeper_of(owned(one(), name=awake), NOW) is None


def held(wait: Wait, *, is_called: bool = False) -> HeldName:
    return HeldName("its-name", wait, is_called=is_called)


@pytest.mark.parametrize(
    ("what", "is_woken"),
    [
        # Its own safety checks are more frequent than the reaper.
        (owned(name=held(Wait.LAUNCH)), False),
        (owned(one("stack"), name=held(Wait.LAUNCH)), False),
        (owned(name=held(Wait.LAUNCH, is_called=True)), True),
        (owned(one(), name=held(Wait.SAVING, is_called=True)), False),
        (owned(one(is_over=True), one("stack"), name=held(Wait.SAVING)), True),
        (owned(one("stack"), name=held(Wait.DELETING, is_called=True)), False),
        (owned(name=held(Wait.DELETING)), True),
        (owned(one("volume"), name=held(Wait.LEFTOVERS)), False),
        (owned(name=held(Wait.LEFTOVERS)), True),
    ],
)
def test_a_run_that_launches_or_ends_is_woken_where_its_wait_is_over(
    what: Owned, is_woken: bool
) -> None:
    assert sleeper_of(what, NOW) == ("its-name" if is_woken else None)


def heard_ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("what", "is_watched"),
    [
        (owned(one(), name=ASLEEP), True),
        (owned(one(is_over=True), name=ASLEEP), False),
        (owned(one("volume"), name=ASLEEP), False),
        (owned(name=ASLEEP), False),
        (owned(one(), name=NAMED), False),
        (owned(one(), name=held(Wait.LAUNCH)), False),
        (owned(one(), name=held(Wait.SAVING)), False),
        (owned(one()), False),
    ],
)
def test_the_heartbeats_of_a_run_that_sleeps_while_its_machine_runs_are_watched(
    what: Owned, is_watched: bool
) -> None:
    assert watched_name_of(what) == (ASLEEP if is_watched else None)


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
    since = format_timestamp(heard_at)
    checked = HeldName("its-name", Wait.CONDITION, silent_since=since, silences=1)
    assert silence_to_check(checked, heard_at, NOW) is None
    assert silence_to_check(checked, heard_ago(1800), NOW) == Silence(heard_ago(1800), 2)


@pytest.mark.parametrize(("seconds", "is_woken"), [(900 + 90 * 40, False), (901 + 90 * 40, True)])
def test_each_further_silence_has_to_be_longer(seconds: int, is_woken: bool) -> None:
    often = HeldName("its-name", Wait.CONDITION, silences=40)
    assert (silence_to_check(often, heard_ago(seconds), NOW) is not None) is is_woken


def test_the_longest_job_that_is_silent_again_and_again_does_not_die_of_its_history() -> None:
    """Each silence lasts just long enough to wake the run, and then the reaper checks it."""
    events_of_one_check = 13 + 5  # Poll, Choice and a sleep; a notification
    passed, silences = timedelta(), 0
    while passed < timedelta(hours=8_700):
        passed += timedelta(seconds=900 + 90 * silences)
        silences += 1
    assert silences * events_of_one_check < 20_000
