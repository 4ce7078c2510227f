"""How many trials run at the same time."""

import pytest

from parris.room import Room, room_in, together
from parris.sweeps.parallel import Parallel, parallel_of


@pytest.mark.parametrize(
    ("max_parallel", "trials", "room", "expected"),
    [
        (20, 50, None, Parallel(20)),
        (20, 5, None, Parallel(5)),
        (20, 50, Room(20, "a quota"), Parallel(20)),
        (20, 50, Room(19, "a quota"), Parallel(19, "a quota")),
        (20, 5, Room(8, "a quota"), Parallel(5)),
        (20, 50, Room(0, "a quota"), Parallel(1, "a quota")),
    ],
)
def test_no_more_trials_run_than_there_are_or_have_room(
    max_parallel: int, trials: int, room: Room | None, expected: Parallel
) -> None:
    assert parallel_of(max_parallel, trials, room) == expected


def test_rooms_add_up() -> None:
    both = together([Room(2, "one"), Room(3, "other")])
    assert both == Room(5, "one; other")
    assert both is not None
    assert room_in({"room": both.to_payload()}) == both
    assert together([]) is room_in({"room": None}) is None
