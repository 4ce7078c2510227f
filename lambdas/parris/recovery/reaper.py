"""Decides what the reaper does about each run that owns a resource or an item."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parris.liveness import STALE_AFTER
from parris.resource import Resource
from parris.retention.keep_until import is_expired
from parris.timestamps import format_timestamp, parse_timestamp
from parris.waits import Wait

_MORE_PATIENCE = timedelta(seconds=90)
_LATE_AFTER = timedelta(minutes=5)
"""Longer than a check takes with its retries."""


class ReaperAction(StrEnum):
    """What the reaper did about an owner."""

    LIVES = "lives"
    WOKEN = "woken"
    CLEANED_UP = "cleaned_up"
    EXPIRED = "expired"
    KEPT = "kept"
    NOT_LOOKED_UP = "not_looked_up"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class HeldName:
    """A job name that a run holds.

    `wait` is what the run sleeps for, or None if it is awake. `is_called` says that there is a
    request to it, and `is_woken` that it was woken and has not made a check since. `sleeps_until`
    is when its sleep ends by itself. `silent_since` is the last heartbeat before the latest silence
    that the run was woken for and has checked, and `silences` counts these silences.
    """

    name: str
    wait: Wait | None = None
    is_called: bool = False
    is_woken: bool = False
    sleeps_until: str | None = None
    silent_since: str | None = None
    silences: int = 0


@dataclass(frozen=True, slots=True)
class Owned:
    """What names one run as its owner: resources, the job name and recorded machines."""

    resources: tuple[Resource, ...] = ()
    held_name: HeldName | None = None
    noted_machines: tuple[str, ...] = ()

    @property
    def has_active(self) -> bool:
        """Return whether the run's script may still be running."""
        return any(one.is_active for one in self.resources)


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence of a machine since its last heartbeat; the `number`th that wakes its run."""

    since: datetime
    number: int


def action_for_abandoned(owned: Owned, now: datetime, *, is_forgotten: bool) -> ReaperAction:
    """Return what to do about the resources and items of an abandoned run.

    If Step Functions does not know the run any more and only items of the jobs table are left, a
    cleanup could find out nothing, so the items are deleted.

    Kept resources are left alone even if they run: a person may have started them for inspection.
    But resources are marked as kept before anything is ended, and a run releases its job name only
    at its very end. So a run that still holds its name ended in between, and a cleanup, which
    respects the mark, continues.
    """
    if not owned.resources and (is_forgotten or owned.held_name is None):
        return ReaperAction.FORGOTTEN
    marks = [one.keep_until for one in owned.resources if one.keep_until is not None]
    if any(not is_expired(mark, now) for mark in marks):
        return ReaperAction.KEPT if owned.held_name is None else ReaperAction.CLEANED_UP
    return ReaperAction.EXPIRED if marks else ReaperAction.CLEANED_UP


def watched_name_of(owned: Owned) -> HeldName | None:
    """Return the job name of a living run that sleeps while its machine runs, else None.

    The reaper watches the heartbeats of these machines.
    """
    name = owned.held_name
    is_watched = name is not None and name.wait is Wait.CONDITION and owned.has_active
    return name if is_watched else None


def silence_to_check(
    job_name: HeldName, heartbeat_at: datetime | None, now: datetime
) -> Silence | None:
    """Return the silence that a run is to be woken for, or None if there is none.

    A run is woken once per silence and then waits for its silence timeout itself. A machine with
    many short silences would wake its run so often that the execution exceeded 25,000 events. So
    each further silence has to be a minute and a half longer than the one before.
    """
    if heartbeat_at is None or format_timestamp(heartbeat_at) == job_name.silent_since:
        return None
    if now - heartbeat_at <= STALE_AFTER + job_name.silences * _MORE_PATIENCE:
        return None
    return Silence(heartbeat_at, job_name.silences + 1)


def sleeper_of(owned: Owned, now: datetime) -> str | None:
    """Return the job name of a living run that sleeps although a check is due, else None.

    That is so if what it waits for is over, if there is a request to the run, if it was woken and
    did not wake, or if its sleep should be over by itself. Then an event, the completion of its
    token or the check itself was lost. A check that is due for another reason only finds nothing to
    do.
    """
    name = owned.held_name
    if name is None or name.wait is None:
        return None
    is_due = name.is_woken or _is_overdue(name, now) or _is_over(name, owned)
    return name.name if is_due else None


def _is_overdue(name: HeldName, now: datetime) -> bool:
    return name.sleeps_until is not None and now > parse_timestamp(name.sleeps_until) + _LATE_AFTER


def _is_over(name: HeldName, owned: Owned) -> bool:
    """Return whether what the run waits for is over. A run that is ending heeds no request."""
    match name.wait:
        case Wait.LAUNCH:
            # Nothing here shows that a launch is complete.
            return name.is_called
        case Wait.CONDITION:
            return name.is_called or not owned.has_active
        case Wait.SAVING:
            return not owned.has_active
        case _:
            return not owned.resources
