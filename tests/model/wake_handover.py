"""A model of the hand-over of a wake: the run, the wake function, EventBridge and a lagging API.

Every step is one that AWS takes at once, or not at all: one update of the job's item, one look at
the API, one answer of a token, one delivery of an event. Whoever takes steps may crash after each,
and comes back as AWS brings it back: Lambda asks an event's function again, a state is retried.
The run sleeps for one thing after the other: the launch, a decision, the machine's end, the
deletion, the end of what that left. `steps_from` is the whole of it; `explore.py` goes through all
of their interleavings.
"""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from parris.waits import WOKEN_BY, Cause, Wait


class Stage(IntEnum):
    """How far what was launched has come; it only moves forward, from one to the next."""

    CREATING = 0
    RUNNING = 1
    ENDING = 2
    OVER = 3
    DELETED = 4
    NOTHING_LEFT = 5


class At(StrEnum):
    """Where the run is: before a step of that name, asleep, or gone with its name given back."""

    LOOK = "check"
    OBSERVE = "observe"
    DECIDE = "decide"
    STORE = "store"
    ASLEEP = "asleep"
    RELEASE = "release"
    GONE = "gone"


class Token(IntEnum):
    """A token as Step Functions accepts it: of the present sleep, or of one that is over."""

    LIVE = 1
    DEAD = 2


class Flaw(StrEnum):
    """One way to get it wrong. What cannot find these could not find a mistake of ours either."""

    STORES_UNASKED = "stores the token although a wake is set"
    TAKES_TOKEN = "the wake function removes the token that it is about to answer"
    READS_FIRST = "the wake function reads the token before it sets the wake"
    BELIEVES_API_ALONE = "what the event said is not believed"
    CLEARS_LATE = "clears the wake after the look, and with it what came in between"
    MAKES_ITEM = "the wake function writes whether or not the run still holds the name"
    KEEPS_AWAITED = "a check leaves what the run waited for in the item"
    TRUSTS_LAGGING_API = "sleeps for long after a check that does not see yet what an event said"
    BELIEVES_ANY_MACHINE = "what an event said of an earlier machine is believed of the present one"
    RELIES_ON_EVENTS = "sleeps for long until the leftovers are gone, which no event reports"


EVENTS = {
    Stage.RUNNING: Cause.LAUNCHED,
    Stage.ENDING: Cause.MACHINE_ENDING,
    Stage.OVER: Cause.MACHINE_OVER,
    Stage.DELETED: Cause.DELETED,
}
"""What is reported of each stage. No event reports that nothing is left."""
REPORTED_STAGES = {Cause.MACHINE_ENDING: Stage.ENDING, Cause.MACHINE_OVER: Stage.OVER}
"""What an event says about the machine counts in the next check."""
DURABLE = {Cause.LAUNCHED, Cause.DELETED}
"""Events of CloudFormation: they come late or twice, but they come."""
REPORTS = {Cause.EXIT_REPORT, Cause.RUNNER_REPORT}
"""Files of the runner: S3 does not lag behind its events."""
REQUESTS = {Cause.STOP: "stop requested", Cause.CHECK: "check requested"}
"""The steps in which they are made."""
ALIKE = {
    Cause.LAUNCH_FAILED: Cause.LAUNCHED,
    Cause.DELETION_FAILED: Cause.DELETED,
    Cause.SUPERSEDE: Cause.STOP,
}
"""Causes that the hand-over treats as another one, which stands for both in the model."""
NEWS: dict[Wait, set[Cause]] = {
    Wait.LAUNCH: {*EVENTS.values(), Cause.EXIT_REPORT, Cause.STOP},
    Wait.CONDITION: {Cause.MACHINE_ENDING, Cause.MACHINE_OVER, *REPORTS, Cause.STOP},
    Wait.SAVING: {Cause.MACHINE_OVER, Cause.EXIT_REPORT},
    Wait.DELETING: {Cause.DELETED},
    Wait.LEFTOVERS: set(),
}
"""After which the run must not sleep for long: its wait is over, or soon will be."""


class Item(NamedTuple):
    """The item `job#<name>` of the jobs table. `is_ours`: this run holds the name.

    `reported` is the machine's state according to the latest event, `changes` is what all events
    have reported, and `awaited` what the sleeping run waits for.
    """

    is_ours: bool = True
    wake: bool = False
    reported: Stage | None = None
    changes: frozenset[Cause] = frozenset()
    is_stop_requested: bool = False
    token: Token | None = None
    awaited: Wait | None = None


class Waker(NamedTuple):
    """One invocation of the wake function, for an event or a request.

    `step` is the next one it takes: find, note, answer. An event `is_of_earlier` machine of the run
    if it is about one of an attempt, or of an offer, that is over.
    """

    cause: Cause
    step: str = "find"
    token: Token | None = None
    is_of_earlier: bool = False


class State(NamedTuple):
    """All that there is.

    `waits` are what the run sleeps for until its end, the present one first. `troubles_left`
    (events that come twice or never, and crashes) keeps the model finite. `earlier_events` are the
    ends of earlier machines that are still to be reported. `reports_left` are the files that the
    runner still writes, and `read` those that the check has found. A machine whose end
    `is_sudden` is over without having been seen to end. `was_notified` is no part of it: it
    remembers for the checks that news of the end of the present wait was noted in our item.
    """

    stage: Stage = Stage.RUNNING
    api: Stage = Stage.RUNNING
    item: Item | None = Item()
    at: At = At.LOOK
    waits: tuple[Wait, ...] = (Wait.CONDITION,)
    noted: Item | None = None
    seen: Stage = Stage.CREATING
    is_nap: bool = False
    wakers: tuple[Waker, ...] = ()
    undelivered: tuple[Cause, ...] = ()
    requests_left: tuple[Cause, ...] = (Cause.STOP,)
    troubles_left: int = 1
    earlier_events: int = 0
    reports_left: tuple[Cause, ...] = ()
    written: frozenset[Cause] = frozenset()
    read: frozenset[Cause] = frozenset()
    is_sudden: bool = False
    was_notified: bool = False
    is_taken_over: bool = False


Steps = Iterator[tuple[str, State]]

LATE = "the next safety check"
"""What rescues a sleep without a wake. It may be months away, so nothing relies on it."""


def steps_from(state: State, flaw: Flaw | None = None) -> Steps:
    """Give every step that can be next, with its name and where it leads."""
    yield from _world(state)
    yield from _run(state, flaw)
    for waker in state.wakers:
        yield from _waker(state, waker, flaw)


def _world(state: State) -> Steps:
    yield from _progress(state)
    if state.api < state.stage:
        yield "API catches up", state._replace(api=state.stage)
    for event in dict.fromkeys(state.undelivered):
        rest = list(state.undelivered)
        rest.remove(event)
        yield f"{event.name} delivered", _with(state, Waker(event), undelivered=tuple(rest))
        if state.troubles_left:
            again = _with(state, Waker(event), troubles_left=state.troubles_left - 1)
            yield f"{event.name} delivered, and will be again", again
        if state.troubles_left and event not in DURABLE:
            left = state.troubles_left - 1
            yield f"{event.name} lost", state._replace(undelivered=tuple(rest), troubles_left=left)
    for request in state.requests_left:
        others = tuple(one for one in state.requests_left if one is not request)
        yield REQUESTS[request], _with(state, Waker(request), requests_left=others)
    if state.earlier_events:
        left = state.earlier_events - 1
        waker = Waker(Cause.MACHINE_OVER, is_of_earlier=True)
        yield "end of an earlier machine delivered", _with(state, waker, earlier_events=left)
    if state.at is At.GONE and not state.is_taken_over:
        yield "another run claims", state._replace(item=Item(is_ours=False), is_taken_over=True)


def _progress(state: State) -> Steps:
    """Move what was launched on. Nothing is deleted before the run has started that."""
    if state.stage in (Stage.RUNNING, Stage.ENDING):
        for report in state.reports_left:
            others = tuple(one for one in state.reports_left if one is not report)
            written = _reported(state, report)._replace(written=state.written | {report})
            yield f"{report} written", written._replace(reports_left=others)
    if state.stage is Stage.DELETED and Wait.LEFTOVERS not in state.waits:
        return
    if state.stage is Stage.NOTHING_LEFT:
        return
    if state.stage is Stage.OVER and state.waits[0] is not Wait.DELETING:
        return
    is_sudden = state.is_sudden and state.stage is Stage.RUNNING
    after = Stage.OVER if is_sudden else Stage(state.stage + 1)
    moved = state._replace(stage=after)
    yield after.name, _reported(moved, EVENTS[after]) if after in EVENTS else moved


def _reported(state: State, cause: Cause) -> State:
    return state._replace(undelivered=tuple(sorted((*state.undelivered, cause))))


def _run(state: State, flaw: Flaw | None) -> Steps:
    match state.at:
        case At.LOOK:
            yield from _look(state, flaw)
        case At.OBSERVE:
            after = At.LOOK if flaw is Flaw.CLEARS_LATE else At.DECIDE
            yield "observes", state._replace(at=after, seen=state.api, read=state.written)
        case At.DECIDE:
            yield f"decides, {state.waits[0]}", _decided(state, flaw)
        case At.STORE:
            yield from _store(state, flaw)
        case At.ASLEEP:
            name = "short nap is over" if state.is_nap else LATE
            yield name, _awake(state)
        case At.RELEASE:
            item = None if state.item is not None and state.item.is_ours else state.item
            yield "releases", state._replace(at=At.GONE, item=item)
        case At.GONE:
            return
    if state.troubles_left and state.at in (At.OBSERVE, At.DECIDE):
        yield "look crashes", _awake(state._replace(troubles_left=state.troubles_left - 1))


def _look(state: State, flaw: Flaw | None) -> Steps:
    if flaw is Flaw.CLEARS_LATE and state.noted is None:
        yield "reads", state._replace(at=At.OBSERVE, noted=state.item)
        return
    item = state.item and state.item._replace(wake=False, token=None)
    if flaw is not Flaw.KEEPS_AWAITED:
        item = item and item._replace(awaited=None)
    after = At.DECIDE if flaw is Flaw.CLEARS_LATE else At.OBSERVE
    noted = state.noted if flaw is Flaw.CLEARS_LATE else state.item
    yield "clears", state._replace(at=after, item=item, noted=noted)


def _decided(state: State, flaw: Flaw | None) -> State:
    noted, seen, wait = state.noted, state.seen, state.waits[0]
    assert noted is not None, "the run holds its name until it releases it"
    fresh = state._replace(noted=None, seen=Stage.CREATING, read=frozenset())
    is_nap = False
    if wait is Wait.LAUNCH:
        # A run that is to end checks often until it knows the machine.
        is_nap = noted.is_stop_requested
    elif wait is Wait.CONDITION:
        if flaw is not Flaw.BELIEVES_API_ALONE:
            seen = max(seen, noted.reported or Stage.RUNNING)
        is_nap = seen is Stage.ENDING
    elif wait is Wait.LEFTOVERS:
        is_nap = flaw is not Flaw.RELIES_ON_EVENTS
    is_stopped = wait is Wait.CONDITION and noted.is_stop_requested
    if not is_stopped and not _is_over(wait, seen, state.read):
        is_nap = is_nap or (_is_lagging(wait, noted) and flaw is not Flaw.TRUSTS_LAGGING_API)
        return fresh._replace(at=At.STORE, is_nap=is_nap)
    if len(state.waits) == 1:
        return fresh._replace(at=At.RELEASE)
    # News of its end may have come before it was waited for.
    was_notified = state.item is not None and any(
        state.item.is_stop_requested if cause is Cause.STOP else cause in state.item.changes
        for cause in NEWS[state.waits[1]]
    )
    return fresh._replace(at=At.LOOK, waits=state.waits[1:], was_notified=was_notified)


def _is_over(wait: Wait, seen: Stage, read: frozenset[Cause]) -> bool:
    match wait:
        case Wait.LAUNCH:
            return seen >= Stage.RUNNING or Cause.EXIT_REPORT in read
        case Wait.CONDITION:
            return seen >= Stage.OVER or bool(read)
        case Wait.SAVING:
            return seen >= Stage.OVER or Cause.EXIT_REPORT in read
        case Wait.DELETING:
            return seen >= Stage.DELETED
        case Wait.LEFTOVERS:
            return seen is Stage.NOTHING_LEFT


def _is_lagging(wait: Wait, noted: Item) -> bool:
    """Return whether an event has reported what the check did not find yet."""
    if wait is Wait.CONDITION:
        return False
    return any(wait in WOKEN_BY[cause] for cause in noted.changes - REPORTS)


def _store(state: State, flaw: Flaw | None) -> Steps:
    item = state.item
    assert item is not None
    if item.wake and flaw is not Flaw.STORES_UNASKED:
        yield "does not sleep", _awake(state)
        return
    asleep = item._replace(token=Token.LIVE, awaited=state.waits[0])
    yield "sleeps", state._replace(at=At.ASLEEP, item=asleep)
    if state.troubles_left:
        # It was stored, but the response was lost: the state is retried, with a new token.
        stored = state._replace(item=asleep._replace(token=Token.DEAD))
        yield "stores, unheard", stored._replace(troubles_left=state.troubles_left - 1)


def _awake(state: State) -> State:
    item = state.item
    if item is not None and item.token:
        item = item._replace(token=Token.DEAD)
    wakers = tuple(waker._replace(token=waker.token and Token.DEAD) for waker in state.wakers)
    fresh = state._replace(item=item, wakers=tuple(sorted(wakers, key=_order)))
    return fresh._replace(
        at=At.LOOK, is_nap=False, noted=None, seen=Stage.CREATING, read=frozenset()
    )


def _waker(state: State, waker: Waker, flaw: Flaw | None) -> Steps:
    rest = list(state.wakers)
    rest.remove(waker)
    without = state._replace(wakers=tuple(rest))
    match waker.step:
        case "find":
            found = waker._replace(step="note")
            if flaw is Flaw.READS_FIRST and state.item is not None:
                found = found._replace(token=state.item.token)
            yield "finds", _with(without, found)
        case "note":
            yield from _note(without, waker, flaw)
        case "answer":
            yield "answers", _awake(without) if waker.token is Token.LIVE else without
    if state.troubles_left and waker.step != "find":
        left = state.troubles_left - 1
        yield "wake crashes", _with(without, Waker(waker.cause), troubles_left=left)


def _note(without: State, waker: Waker, flaw: Flaw | None) -> Steps:
    item = without.item
    is_ours = item is not None and item.is_ours
    if not is_ours and flaw is not Flaw.MAKES_ITEM:
        yield "finds nobody to wake", without
        return
    item = item or Item(is_ours=False)
    wakes = item.awaited is None or item.awaited in WOKEN_BY[waker.cause]
    token = waker.token if flaw is Flaw.READS_FIRST else item.token
    if waker.cause is Cause.STOP:
        item = item._replace(is_stop_requested=True)
    if wakes and waker.cause not in REQUESTS:
        item = item._replace(changes=item.changes | {waker.cause})
        if waker.is_of_earlier and flaw is not Flaw.BELIEVES_ANY_MACHINE:
            # The latest event is not about this machine, of which nothing is known any more.
            item = item._replace(reported=None)
        elif waker.cause in REPORTED_STAGES:
            item = item._replace(reported=REPORTED_STAGES[waker.cause])
    if wakes:
        item = item._replace(wake=True, token=None if flaw is Flaw.TAKES_TOKEN else item.token)
    wait = without.waits[0]
    is_news = waker.cause in NEWS[wait] and not waker.is_of_earlier
    if waker.cause is Cause.CHECK:
        is_news = _is_over(wait, without.api, without.written)
    is_news = is_ours and is_news
    noted = without._replace(item=item, was_notified=without.was_notified or is_news)
    if not wakes and not (waker.cause is Cause.STOP and item.wake):
        yield "notes, waits for something else", noted
    elif token:
        yield "notes", _with(noted, waker._replace(step="answer", token=token))
    else:
        yield "notes, nobody asleep", noted


def _with(state: State, waker: Waker, **changes: Any) -> State:
    return state._replace(wakers=tuple(sorted((*state.wakers, waker), key=_order)), **changes)


def _order(waker: Waker) -> tuple[str, str, int, bool]:
    return (waker.cause, waker.step, waker.token or 0, waker.is_of_earlier)
