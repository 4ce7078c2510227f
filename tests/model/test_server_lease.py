"""Runs that share a server, in every order: one at a time, in turn, and nothing is left running."""

import pytest

from tests.model.explore import Explored
from tests.model.server_lease import OVER, Phase, World, a_world, steps_from

WORLDS = {
    "three that wait": a_world(True, True, True),
    "one that does not wait": a_world(True, False),
    "with crashes and a person": a_world(True, True, crashes=1, persons_acts=2),
    "on a server that a person has started": a_world(True, True, is_on=True, persons_acts=2),
}


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def explored(request: pytest.FixtureRequest) -> Explored[World]:
    return Explored(WORLDS[request.param], steps_from)


def is_over(world: World) -> bool:
    return all(one.phase in OVER for one in world.runs)


def test_one_run_at_a_time_has_the_server(explored: Explored[World]) -> None:
    for world in explored.steps:
        users = [one for one in world.runs if one.phase in (Phase.HELD, Phase.RUNNING)]
        holders = [one for one in users if world.lease.holder_of(one.request.machine_id)]
        assert len(users) == len(holders) <= 1, explored.way_to(world)


def test_the_first_living_run_of_the_queue_comes_next(explored: Explored[World]) -> None:
    for world, steps in explored.steps.items():
        for name, after in steps:
            if name.startswith("release") and after.lease.holder not in (None, world.lease.holder):
                holder = after.lease.holder
                assert holder is not None
                assert holder.request == world.first_living_waiter, explored.way_to(world)


def test_at_the_end_nobody_has_it_and_what_parris_started_is_off(
    explored: Explored[World],
) -> None:
    ends = [world for world in explored.steps if is_over(world)]
    assert ends
    for world in ends:
        assert (world.lease.holder, world.lease.queue) == (None, ()), explored.way_to(world)
        if world.server.is_on:
            assert world.server.is_persons, explored.way_to(world)


def test_what_a_person_started_is_stopped_only_where_nobody_can_tell(
    explored: Explored[World],
) -> None:
    for world, steps in explored.steps.items():
        for name, _ in steps:
            if name.startswith("stop ") and world.server.is_persons:
                assert world.server.is_doubtful, explored.way_to(world)


def test_every_order_comes_to_an_end(explored: Explored[World]) -> None:
    ends = [world for world in explored.steps if is_over(world)]
    faults = {"person", "die 1", "die 2", "die 3", "crash 1", "crash 2", "crash 3"}
    stuck = set(explored.steps) - explored.that_reach(ends, faults)
    assert not stuck, explored.way_to(next(iter(stuck)))
