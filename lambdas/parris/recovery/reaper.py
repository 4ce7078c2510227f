"""What the reaper does about each run that something names as its owner: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parris.liveness import STALE_AFTER
from parris.retention.keep_until import is_expired
from parris.timestamps import format_moment

_MORE_PATIENCE = timedelta(seconds=90)


class Kind(StrEnum):
    """What can name a run as its owner."""

    INSTANCE = "instance"
    VOLUME = "volume"
    STACK = "stack"
    JOB_NAME = "job-name"
    MACHINE_NOTE = "machine-note"


class Deed(StrEnum):
    """What becomes of an owner."""

    LIVES = "lives"
    WOKEN = "woken"
    CLEANED_UP = "cleaned_up"
    EXPIRED = "expired"
    KEPT = "kept"
    NOT_LOOKED_UP = "not_looked_up"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing that names a run as its owner.

    `name` is its id; of a job name, the name. `is_over` is true of an instance that is stopped.
    `unknown_state` is the state of an instance, where that is in no table of ours.
    `keep_until` is what `parris:keep-until` says: a moment or `always`; None where it is not set.
    `is_asleep` and `is_called` are of a job name: its run sleeps; somebody wished something of it.
    So are `silent_since`, the last heartbeat of the latest silence that its run was woken for and
    has looked at, and `silences`, for how many it was woken.
    """

    owner_arn: str
    kind: Kind
    name: str
    is_over: bool = False
    unknown_state: str | None = None
    keep_until: str | None = None
    is_asleep: bool = False
    is_called: bool = False
    silent_since: str | None = None
    silences: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """A machine that was last heard at a moment; the `number`th that its run is woken for."""

    since: datetime
    number: int


def deed_for_the_dead(
    belongings: Sequence[Belonging], now: datetime, *, is_forgotten: bool
) -> Deed:
    """Return what a dead run's belongings need.

    Where Step Functions has forgotten a run, of which nothing is there but items of the jobs table,
    no cleanup could learn anything: the items are forgotten, too.

    What is kept is left, even running: a person may have started it to look at it. But the mark
    is set before anything is ended, and a run gives its job's name back only after its end: one
    that still holds it died on the way, and a cleanup, which honours the mark, goes on.
    """
    worthless = {Kind.MACHINE_NOTE, Kind.JOB_NAME} if is_forgotten else {Kind.MACHINE_NOTE}
    if {one.kind for one in belongings} <= worthless:
        return Deed.FORGOTTEN
    marks = [one.keep_until for one in belongings if one.keep_until is not None]
    if any(not is_expired(mark, now) for mark in marks):
        is_unfinished = any(one.kind is Kind.JOB_NAME for one in belongings)
        return Deed.CLEANED_UP if is_unfinished else Deed.KEPT
    return Deed.EXPIRED if marks else Deed.CLEANED_UP


def watched_name_of(belongings: Sequence[Belonging]) -> Belonging | None:
    """Return the job name of a living run that sleeps while its machine runs, None of any other:
    its machine's heartbeats are to be watched.
    """
    if not any(one.kind is Kind.INSTANCE and not one.is_over for one in belongings):
        return None
    return next((one for one in belongings if one.kind is Kind.JOB_NAME and one.is_asleep), None)


def silence_to_check(
    job_name: Belonging, heartbeat_at: datetime | None, now: datetime
) -> Silence | None:
    """Return the silence that a run is to be woken for, None where there is none to wake it for.

    It is woken once for each: it knows by itself when its silence timeout passes. A machine that is
    silent again and again, each time for a while, would wake it so often that its execution died of
    its 25,000th event. So each further silence has to be longer, by a minute and a half.
    """
    if heartbeat_at is None or format_moment(heartbeat_at) == job_name.silent_since:
        return None
    if now - heartbeat_at <= STALE_AFTER + job_name.silences * _MORE_PATIENCE:
        return None
    return Silence(heartbeat_at, job_name.silences + 1)


def sleeper_of(belongings: Sequence[Belonging]) -> str | None:
    """Return the job name of a living run that sleeps although there is something to decide.

    That is so when its machine is over, or gone, and when somebody wished something of it: then
    the event, or the answer to its token, was lost.
    """
    is_machine_awaited = any(one.kind is Kind.INSTANCE and not one.is_over for one in belongings)
    for one in belongings:
        if one.kind is Kind.JOB_NAME and one.is_asleep:
            return one.name if one.is_called or not is_machine_awaited else None
    return None
