"""No wake is lost, in whatever order the run, the wake function and the world take their steps.

All interleavings are gone through: of a request at any time, events in any order, late,
twice or never, an API that lags behind, and crashes at any step: one such trouble in a machine's
whole end, two of them where it is sudden. So are those of each wait with the next one: a launch, a
decision, the machine's end, the deletion, the end of what that left. Each wake of the product's
table is taken out of it once. `test_model_is_the_code.py` shows that the model's steps are what the
code does.
"""

import functools

import pytest

from parris.waits import WOKEN_BY, Cause, Wait
from tests.model.explore import Explored
from tests.model.wake_handover import (
    ALIKE,
    EVENTS,
    LATE,
    NEWS,
    REPORTS,
    REQUESTS,
    At,
    Flaw,
    Item,
    Stage,
    State,
    steps_from,
)

LAUNCHING = State(stage=Stage.CREATING, api=Stage.CREATING, at=At.STORE, is_sudden=True)
ENDING = State(stage=Stage.ENDING, api=Stage.ENDING, requests_left=())
OVER = State(stage=Stage.OVER, api=Stage.OVER, requests_left=())
WORLDS = {
    "one trouble": State(troubles_left=1),
    "a sudden end and two troubles": State(is_sudden=True, troubles_left=2),
    "a launch and one trouble": LAUNCHING._replace(waits=(Wait.LAUNCH,), requests_left=()),
    "from the launch on": LAUNCHING._replace(waits=(Wait.LAUNCH, Wait.CONDITION), troubles_left=0),
    "a sudden end until it is seen": State(is_sudden=True, waits=(Wait.CONDITION, Wait.SAVING)),
    "a deletion and one trouble": ENDING._replace(waits=(Wait.SAVING, Wait.DELETING)),
    "leftovers and one trouble": OVER._replace(waits=(Wait.DELETING, Wait.LEFTOVERS)),
    "the runner's reports": State(
        is_sudden=True,
        waits=(Wait.CONDITION, Wait.SAVING),
        reports_left=(Cause.RUNNER_REPORT, Cause.EXIT_REPORT),
        requests_left=(),
        troubles_left=0,
    ),
}
ANOTHER_ATTEMPT = State(troubles_left=0, earlier_events=1)
OF_FLAWS = {
    Flaw.KEEPS_AWAITED: WORLDS["a deletion and one trouble"],
    Flaw.TRUSTS_LAGGING_API: WORLDS["a sudden end until it is seen"],
    Flaw.RELIES_ON_EVENTS: WORLDS["leftovers and one trouble"],
    Flaw.BELIEVES_ANY_MACHINE: ANOTHER_ATTEMPT._replace(requests_left=()),
}
"""Where what can go wrong between two waits or attempts shows."""

STARTS_OF_WAITS = {
    Wait.LAUNCH: ENDING._replace(api=Stage.CREATING, waits=(Wait.LAUNCH,)),
    Wait.CONDITION: ENDING._replace(api=Stage.RUNNING, waits=(Wait.CONDITION,)),
    Wait.SAVING: ENDING._replace(waits=(Wait.SAVING,)),
    Wait.DELETING: OVER._replace(waits=(Wait.DELETING,)),
    Wait.LEFTOVERS: OVER._replace(waits=(Wait.DELETING, Wait.LEFTOVERS)),
}
WAKES = [
    (cause, wait) for cause in WOKEN_BY if cause not in ALIKE for wait in sorted(WOKEN_BY[cause])
]
SPARED = {(Cause.MACHINE_OVER, Wait.LEFTOVERS), (Cause.CHECK, Wait.LEFTOVERS)}
"""No event reports that nothing is left. So the run checks often, and needs no wake."""


@functools.cache
def explored(start: State, flaw: Flaw | None = None) -> Explored[State]:
    return Explored(start, functools.partial(steps_from, flaw=flaw))


@pytest.fixture(params=WORLDS.values(), ids=list(WORLDS))
def world(request: pytest.FixtureRequest) -> Explored[State]:
    return explored(request.param)


def sleeps_over_news(world: Explored[State]) -> list[State]:
    """Runs that were notified of an end, sleep for long, and have no wake on the way."""
    return [
        state
        for state in world.steps
        if state.at is At.ASLEEP and state.was_notified and not state.wakers and not state.is_nap
    ]


def never_end(world: Explored[State]) -> list[State]:
    """Runs that were notified and end by a safety check or by one more request only."""
    return [state for state in in_need_of_a_safety_check(world) if state.was_notified]


def wait_for_no_event(world: Explored[State]) -> list[State]:
    """Runs that sleep for long until the rest is gone, which no event reports."""
    in_need = in_need_of_a_safety_check(world)
    return [state for state in in_need if state.waits[0] is Wait.LEFTOVERS]


def touched_others(world: Explored[State]) -> list[State]:
    """Those in which the item of a run that is gone has come back, or another's was changed."""
    return [
        state
        for state in world.steps
        if state.at is At.GONE
        and state.item != (Item(is_ours=False) if state.is_taken_over else None)
    ]


def ends_without_reason(world: Explored[State]) -> list[State]:
    """Runs that end while their machine runs, no stop was requested and no report was read."""
    return [
        state
        for state, steps in world.steps.items()
        if state.at is At.DECIDE
        and state.waits[0] is Wait.CONDITION
        and state.stage < Stage.OVER
        and not (state.noted and state.noted.is_stop_requested)
        and not state.read
        and any(to.at is At.RELEASE or to.waits != state.waits for _, to in steps)
    ]


def faults_of(world: Explored[State]) -> list[State]:
    return (
        sleeps_over_news(world)
        + never_end(world)
        + wait_for_no_event(world)
        + touched_others(world)
        + ends_without_reason(world)
    )


def test_all_of_it_is_gone_through(world: Explored[State]) -> None:
    assert len(world.steps) > 2_000
    taken = {name for steps in world.steps.values() for name, _ in steps}
    assert {"does not sleep", "answers", "finds nobody to wake", LATE} <= taken


def test_an_event_that_matters_to_another_wait_is_in_it() -> None:
    deletion = explored(WORLDS["a deletion and one trouble"])
    taken = {name for steps in deletion.steps.values() for name, _ in steps}
    assert {"notes, waits for something else", "stores, unheard"} <= taken


def test_nobody_sleeps_over_a_wake(world: Explored[State]) -> None:
    assert [world.way_to(state) for state in sleeps_over_news(world)] == []


def test_who_was_told_of_an_end_comes_to_it_without_a_safety_check(world: Explored[State]) -> None:
    assert [world.way_to(state) for state in never_end(world)] == []


def test_what_no_event_reports_is_checked_often(world: Explored[State]) -> None:
    assert [world.way_to(state) for state in wait_for_no_event(world)] == []


def test_a_wake_that_comes_late_makes_no_item_and_touches_no_other_run(
    world: Explored[State],
) -> None:
    assert [world.way_to(state) for state in touched_others(world)] == []


@pytest.mark.parametrize("start", [*WORLDS.values(), ANOTHER_ATTEMPT], ids=[*WORLDS, "attempts"])
def test_no_event_ends_a_run_whose_machine_goes_on(start: State) -> None:
    world = explored(start)
    assert [world.way_to(state) for state in ends_without_reason(world)] == []


def test_every_run_can_come_to_its_end(world: Explored[State]) -> None:
    gone = [state for state in world.steps if state.at is At.GONE]
    assert world.that_reach(gone, without=set()) == set(world.steps)


def test_one_lost_event_of_an_end_that_has_two_costs_no_time() -> None:
    assert in_need_of_a_safety_check(explored(WORLDS["one trouble"])) == []


def test_only_a_safety_check_finds_an_end_of_which_no_event_came() -> None:
    sudden = explored(WORLDS["a sudden end and two troubles"])
    assert any(state.at is At.ASLEEP for state in in_need_of_a_safety_check(sudden))


@functools.cache
def in_need_of_a_safety_check(world: Explored[State]) -> list[State]:
    gone = [state for state in world.steps if state.at is At.GONE]
    by_word = world.that_reach(gone, without={LATE, *REQUESTS.values()})
    return [state for state in world.steps if state not in by_word]


@pytest.mark.parametrize("flaw", Flaw, ids=lambda flaw: flaw.name.lower())
def test_a_hand_over_with_a_flaw_is_found_out(flaw: Flaw) -> None:
    world = explored(OF_FLAWS.get(flaw, State(is_sudden=True)), flaw)
    assert faults_of(world), f"nothing is wrong where it {flaw}"


def test_the_model_has_every_wait_and_every_cause_of_the_product() -> None:
    assert set(NEWS) == set(STARTS_OF_WAITS) == set(Wait)
    modelled = {
        waker.cause
        for wake in WAKES
        for state in explored(start_with(*wake)).steps
        for waker in state.wakers
    }
    assert modelled | set(ALIKE) == set(Cause)
    assert modelled.isdisjoint(ALIKE)
    for cause, other in ALIKE.items():
        assert WOKEN_BY[cause] == WOKEN_BY[other], f"{cause} is not like {other}"


@pytest.mark.parametrize(("cause", "wait"), WAKES)
def test_a_table_without_one_of_its_wakes_is_found_out(
    cause: Cause, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = start_with(cause, wait)
    assert faults_of(explored(start)) == []
    monkeypatch.setitem(WOKEN_BY, cause, WOKEN_BY[cause] - {wait})
    faults = faults_of(Explored(start, steps_from))
    assert bool(faults) is ((cause, wait) not in SPARED)


def start_with(cause: Cause, wait: Wait) -> State:
    """A small world in which this cause is there while the run sleeps for that."""
    start = STARTS_OF_WAITS[wait]
    reached = [stage for stage, event in EVENTS.items() if event is cause]
    return start._replace(
        stage=max(start.stage, *reached, Stage.CREATING),
        undelivered=(cause,) if reached else (),
        requests_left=(cause,) if cause in REQUESTS else (),
        reports_left=(cause,) if cause in REPORTS else (),
        troubles_left=0,
    )
