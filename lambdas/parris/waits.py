"""What a run sleeps for, what ends each sleep early, and when it ends without that.

A run sleeps in three states: AwaitLaunchEvent, AwaitWakeOrNextCheck and AwaitEndEvent. An event or
request that matters to the sleep triggers a check; it decides nothing by itself. Events can be
lost, so every sleep also ends by itself, at a safety check.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from parris.backoff import check_interval_seconds
from parris.payloads import Payload
from parris.timestamps import format_timestamp


class Wait(StrEnum):
    """What a sleeping run waits for.

    `launch`: until the machine runs. `condition`: until a decision about the job is due. `saving`:
    until the machine has ended, which saves its results first. `deleting`: until everything
    that was launched is deleted. `leftovers`: until the rest is gone that nothing deletes as a
    whole.
    """

    LAUNCH = "launch"
    CONDITION = "condition"
    SAVING = "saving"
    DELETING = "deleting"
    LEFTOVERS = "leftovers"


class Cause(StrEnum):
    """What can wake a run: what an event of its target reports, or a request."""

    LAUNCHED = "launched"
    LAUNCH_FAILED = "launch-failed"
    MACHINE_ENDING = "machine-ending"
    MACHINE_OVER = "machine-over"
    DELETED = "deleted"
    DELETION_FAILED = "deletion-failed"
    EXIT_REPORT = "exit-report"
    RUNNER_REPORT = "runner-report"
    STOP = "stop"
    SUPERSEDE = "supersede"
    CHECK = "check"


WOKEN_BY: dict[Cause, frozenset[Wait]] = {
    Cause.LAUNCHED: frozenset({Wait.LAUNCH}),
    Cause.LAUNCH_FAILED: frozenset({Wait.LAUNCH}),
    Cause.MACHINE_ENDING: frozenset({Wait.LAUNCH, Wait.CONDITION}),
    # While everything is being deleted, the last deletion is the event to wait for.
    Cause.MACHINE_OVER: frozenset({Wait.LAUNCH, Wait.CONDITION, Wait.SAVING, Wait.LEFTOVERS}),
    Cause.DELETED: frozenset({Wait.LAUNCH, Wait.DELETING}),
    Cause.DELETION_FAILED: frozenset({Wait.LAUNCH, Wait.DELETING}),
    # If all results are saved, the machine's end is not awaited.
    Cause.EXIT_REPORT: frozenset({Wait.LAUNCH, Wait.CONDITION, Wait.SAVING}),
    # Only a training that goes on can be ended.
    Cause.RUNNER_REPORT: frozenset({Wait.CONDITION}),
    # A run that is ending cannot be stopped or replaced any sooner.
    Cause.STOP: frozenset({Wait.LAUNCH, Wait.CONDITION}),
    Cause.SUPERSEDE: frozenset({Wait.LAUNCH, Wait.CONDITION}),
    Cause.CHECK: frozenset(Wait),
}
"""Which waits each cause ends. Between two sleeps, every cause prevents the next sleep."""

_LAGGING_SECONDS = 5
_FIRST_SAFETY_CHECK_SECONDS = {Wait.LAUNCH: 180, Wait.SAVING: 300, Wait.DELETING: 900}
_SHARE_OF_A_LONG_LAUNCH = 24
_LONGEST_SLEEP_SECONDS = {Wait.LAUNCH: 300, Wait.SAVING: 900, Wait.DELETING: 3600}


_NEVER_LAGGING = frozenset(
    {Cause.EXIT_REPORT, Cause.RUNNER_REPORT, Cause.STOP, Cause.SUPERSEDE, Cause.CHECK}
)
"""Requests, and what S3 reports: it answers at once with what it has reported."""


def sleep_seconds(
    wait: Wait, waited_seconds: int, reported: Collection[str] = (), *, is_woken: bool = False
) -> int:
    """Return the whole seconds until the safety check of a launch or an end.

    Each one costs three transitions, and is needed only if an event was lost. Checks are as
    frequent as without events while no event is to come: no event reports the end of every
    leftover, and AWS's answers can lag behind an event that has come.

    Args:
        wait: what the run waits for.
        waited_seconds: how long it has waited for that.
        reported: the causes of all wakes since the launch.
        is_woken: whether one of them triggered this check.
    """
    awaited = {cause for cause in Cause if wait in WOKEN_BY[cause]} - _NEVER_LAGGING
    if awaited.intersection(reported):
        return _LAGGING_SECONDS if is_woken else check_interval_seconds(waited_seconds)
    if wait not in _FIRST_SAFETY_CHECK_SECONDS:
        return check_interval_seconds(waited_seconds)
    first_seconds, longest_seconds = _FIRST_SAFETY_CHECK_SECONDS[wait], _LONGEST_SLEEP_SECONDS[wait]
    seconds = min(max(first_seconds, waited_seconds), longest_seconds)
    if wait is Wait.LAUNCH:
        # Capacity may be awaited for weeks, which must not fill the execution's history.
        return max(seconds, waited_seconds // _SHARE_OF_A_LONG_LAUNCH)
    return seconds


def sleep_payload(seconds: int, now: datetime) -> Payload:
    """Return a sleep as payload: its length for the state, and its end for the run's item."""
    sleeps_until = now + timedelta(seconds=seconds)
    return {"sleep_seconds": seconds, "sleeps_until": format_timestamp(sleeps_until)}
