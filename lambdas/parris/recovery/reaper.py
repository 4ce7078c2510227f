"""What the reaper does about each run that something names as its owner: pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parris.liveness import STALE_AFTER
from parris.resource import Resource
from parris.retention.keep_until import is_expired
from parris.timestamps import format_timestamp

_MORE_PATIENCE = timedelta(seconds=90)


class ReaperAction(StrEnum):
    """What becomes of an owner."""

    LIVES = "lives"
    WOKEN = "woken"
    CLEANED_UP = "cleaned_up"
    EXPIRED = "expired"
    KEPT = "kept"
    NOT_LOOKED_UP = "not_looked_up"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class HeldName:
    """A job's name that a run holds.

    `is_asleep` where the run sleeps, `is_called` where somebody asked something of it.
    `silent_since` is the last heartbeat of the latest silence that its run was woken for and
    has checked, and `silences` for how many it was woken.
    """

    name: str
    is_asleep: bool = False
    is_called: bool = False
    silent_since: str | None = None
    silences: int = 0


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything that names one run as its owner: resources, the job's name, notes of machines."""

    resources: tuple[Resource, ...] = ()
    held_name: HeldName | None = None
    noted_machines: tuple[str, ...] = ()

    @property
    def has_active(self) -> bool:
        """Return whether the run's script may still run on something."""
        return any(one.is_active for one in self.resources)


@dataclass(frozen=True, slots=True)
class Silence:
    """A machine that was last heard at a moment; the `number`th that its run is woken for."""

    since: datetime
    number: int


def action_for_abandoned(owned: Owned, now: datetime, *, is_forgotten: bool) -> ReaperAction:
    """Return what is to be done about what a dead run owns.

    Where Step Functions has forgotten a run, of which nothing is there but items of the jobs table,
    no cleanup could learn anything: the items are forgotten, too.

    What is kept is left, even running: a person may have started it to look at it. But the mark
    is set before anything is ended, and a run gives its job's name back only after its end: one
    that still holds it died on the way, and a cleanup, which honours the mark, goes on.
    """
    if not owned.resources and (is_forgotten or owned.held_name is None):
        return ReaperAction.FORGOTTEN
    marks = [one.keep_until for one in owned.resources if one.keep_until is not None]
    if any(not is_expired(mark, now) for mark in marks):
        return ReaperAction.KEPT if owned.held_name is None else ReaperAction.CLEANED_UP
    return ReaperAction.EXPIRED if marks else ReaperAction.CLEANED_UP


def watched_name_of(owned: Owned) -> HeldName | None:
    """Return the job name of a living run that sleeps while its machine runs, None of any other:
    its machine's heartbeats are to be watched.
    """
    name = owned.held_name
    return name if name is not None and name.is_asleep and owned.has_active else None


def silence_to_check(
    job_name: HeldName, heartbeat_at: datetime | None, now: datetime
) -> Silence | None:
    """Return the silence that a run is to be woken for, None where there is none to wake it for.

    It is woken once for each: it knows by itself when its silence timeout passes. A machine that is
    silent again and again, each time for a while, would wake it so often that its execution died of
    its 25,000th event. So each further silence has to be longer, by a minute and a half.
    """
    if heartbeat_at is None or format_timestamp(heartbeat_at) == job_name.silent_since:
        return None
    if now - heartbeat_at <= STALE_AFTER + job_name.silences * _MORE_PATIENCE:
        return None
    return Silence(heartbeat_at, job_name.silences + 1)


def sleeper_of(owned: Owned) -> str | None:
    """Return the job name of a living run that sleeps although there is something to decide.

    That is so when its machine is over, or gone, and when somebody asked something of it: then
    the event, or the answer to its token, was lost.
    """
    name = owned.held_name
    if name is None or not name.is_asleep:
        return None
    return name.name if name.is_called or not owned.has_active else None
