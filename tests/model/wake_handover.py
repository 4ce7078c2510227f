"""A model of the hand-over of a wake: the run, the wake function, EventBridge and a lagging API.

Every step is one that AWS takes at once, or not at all: one update of the job's item, one look at
the API, one answer of a token, one delivery of an event. Whoever takes steps may crash after each,
and comes back as AWS brings it back: Lambda asks an event's function again, a state is retried.
`steps_from` is the whole of it; `explore.py` goes through all of their interleavings.
"""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Machine(IntEnum):
    """The position of a machine; it only moves forward, from one to the next."""

    RUNNING = 0
    ENDING = 1
    OVER = 2


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


class Item(NamedTuple):
    """The item `job#<name>` of the jobs table. `is_ours`: this run holds the name."""

    is_ours: bool = True
    wake: bool = False
    reported: Machine | None = None
    is_stop_requested: bool = False
    token: Token | None = None


class Waker(NamedTuple):
    """One invocation of the wake function, for an event (`reports`) or a request (None).

    `step` is the next one it takes: find, note, answer.
    """

    reports: Machine | None
    step: str = "find"
    token: Token | None = None


class State(NamedTuple):
    """All that there is.

    `troubles_left` (events that come twice or never, and crashes) keeps the model finite. A machine
    whose end `is_sudden` is over without having been seen to end. `was_notified` is no part of it:
    it remembers for the checks that news of an end was noted in our item.
    """

    machine: Machine = Machine.RUNNING
    api: Machine = Machine.RUNNING
    item: Item | None = Item()
    at: At = At.LOOK
    noted: Item | None = None
    seen: Machine = Machine.RUNNING
    is_nap: bool = False
    wakers: tuple[Waker, ...] = ()
    undelivered: tuple[Machine, ...] = ()
    requests_left: int = 1
    troubles_left: int = 1
    is_sudden: bool = False
    was_notified: bool = False
    is_taken_over: bool = False


Steps = Iterator[tuple[str, State]]

REQUEST = "stop requested"
LATE = "the next safety check"
"""What rescues a sleep without a wake. It is months away, so nothing relies on it."""


def steps_from(state: State, flaw: Flaw | None = None) -> Steps:
    """Give every step that can be next, with its name and where it leads."""
    yield from _world(state)
    yield from _run(state, flaw)
    for waker in state.wakers:
        yield from _waker(state, waker, flaw)


def _world(state: State) -> Steps:
    if state.machine < Machine.OVER:
        after = Machine.OVER if state.is_sudden else Machine(state.machine + 1)
        undelivered = tuple(sorted((*state.undelivered, after)))
        yield f"machine {after.name}", state._replace(machine=after, undelivered=undelivered)
    if state.api < state.machine:
        yield "API catches up", state._replace(api=state.machine)
    for event in dict.fromkeys(state.undelivered):
        rest = list(state.undelivered)
        rest.remove(event)
        notified = _with(state, Waker(event))
        yield f"{event.name} delivered", notified._replace(undelivered=tuple(rest))
        if state.troubles_left:
            again = notified._replace(troubles_left=state.troubles_left - 1)
            yield f"{event.name} delivered, and will be again", again
        if state.troubles_left:
            left = state.troubles_left - 1
            yield f"{event.name} lost", state._replace(undelivered=tuple(rest), troubles_left=left)
    if state.requests_left:
        left = state.requests_left - 1
        yield REQUEST, _with(state, Waker(None))._replace(requests_left=left)
    if state.at is At.GONE and not state.is_taken_over:
        yield "another run claims", state._replace(item=Item(is_ours=False), is_taken_over=True)


def _run(state: State, flaw: Flaw | None) -> Steps:
    match state.at:
        case At.LOOK:
            yield from _look(state, flaw)
        case At.OBSERVE:
            after = At.LOOK if flaw is Flaw.CLEARS_LATE else At.DECIDE
            yield "observes", state._replace(at=after, seen=state.api)
        case At.DECIDE:
            yield "decides", _decided(state, flaw)
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
    item = _cleared(state.item)
    after = At.DECIDE if flaw is Flaw.CLEARS_LATE else At.OBSERVE
    noted = state.noted if flaw is Flaw.CLEARS_LATE else state.item
    yield "clears", state._replace(at=after, item=item, noted=noted)


def _cleared(item: Item | None) -> Item | None:
    return item and item._replace(wake=False, token=None)


def _decided(state: State, flaw: Flaw | None) -> State:
    noted = state.noted
    assert noted is not None, "the run holds its name until it releases it"
    known = state.seen
    if flaw is not Flaw.BELIEVES_API_ALONE:
        known = max(known, noted.reported or Machine.RUNNING)
    fresh = state._replace(noted=None, seen=Machine.RUNNING)
    if noted.is_stop_requested or known is Machine.OVER:
        return fresh._replace(at=At.RELEASE)
    return fresh._replace(at=At.STORE, is_nap=known is Machine.ENDING)


def _store(state: State, flaw: Flaw | None) -> Steps:
    item = state.item
    assert item is not None
    if item.wake and flaw is not Flaw.STORES_UNASKED:
        yield "does not sleep", _awake(state)
        return
    yield "sleeps", state._replace(at=At.ASLEEP, item=item._replace(token=Token.LIVE))
    if state.troubles_left:
        # It was stored, but the response was lost: the state is retried, with a new token.
        stored = state._replace(item=item._replace(token=Token.DEAD))
        yield "stores, unheard", stored._replace(troubles_left=state.troubles_left - 1)


def _awake(state: State) -> State:
    item = state.item
    if item is not None and item.token:
        item = item._replace(token=Token.DEAD)
    wakers = tuple(waker._replace(token=waker.token and Token.DEAD) for waker in state.wakers)
    fresh = state._replace(item=item, wakers=tuple(sorted(wakers, key=_order)))
    return fresh._replace(at=At.LOOK, is_nap=False, noted=None, seen=Machine.RUNNING)


def _waker(state: State, waker: Waker, flaw: Flaw | None) -> Steps:
    rest = list(state.wakers)
    rest.remove(waker)
    without = state._replace(wakers=tuple(rest))
    match waker.step:
        case "find":
            token = None
            if flaw is Flaw.READS_FIRST and state.item is not None:
                token = state.item.token
            yield "finds", _with(without, waker._replace(step="note", token=token))
        case "note":
            yield from _note(without, waker, flaw)
        case "answer":
            yield "answers", _awake(without) if waker.token is Token.LIVE else without
    if state.troubles_left and waker.step != "find":
        crashed = _with(without, Waker(waker.reports))
        yield "wake crashes", crashed._replace(troubles_left=state.troubles_left - 1)


def _note(without: State, waker: Waker, flaw: Flaw | None) -> Steps:
    item = without.item
    is_ours = item is not None and item.is_ours
    if not is_ours and flaw is not Flaw.MAKES_ITEM:
        yield "finds nobody to wake", without
        return
    item = item or Item(is_ours=False)
    token = waker.token if flaw is Flaw.READS_FIRST else item.token
    item = item._replace(wake=True, token=None if flaw is Flaw.TAKES_TOKEN else item.token)
    if waker.reports is None:
        item = item._replace(is_stop_requested=True)
    else:
        item = item._replace(reported=waker.reports)
    is_news = waker.reports in (None, Machine.OVER)
    noted = without._replace(item=item, was_notified=without.was_notified or (is_ours and is_news))
    if token:
        yield "notes", _with(noted, waker._replace(step="answer", token=token))
    else:
        yield "notes, nobody asleep", noted


def _with(state: State, waker: Waker) -> State:
    return state._replace(wakers=tuple(sorted((*state.wakers, waker), key=_order)))


def _order(waker: Waker) -> tuple[int, str, int]:
    return (-1 if waker.reports is None else waker.reports, waker.step, waker.token or 0)
