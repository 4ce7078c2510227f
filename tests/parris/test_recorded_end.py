"""What is known of the end of a machine and of its volumes, from one check to the next."""

import dataclasses
from typing import Any

from parris.termination.ending import EndObservation, EndState
from parris.termination.recorded_end import RecordedEnd
from tests.builders import a_report, after


def seen(**changes: Any) -> EndObservation:
    return dataclasses.replace(EndObservation(EndState.ENDING, ()), **changes)


def test_the_first_recorded_end_of_a_machine_counts() -> None:
    stopped = RecordedEnd().checked_again(seen(machine_ended_at=after(60)))
    terminated = stopped.checked_again(seen(machine_ended_at=after(2000)))
    gone = terminated.checked_again(seen())
    assert gone.machine_ended_at == after(60)


def test_a_machine_that_is_alive_has_not_ended() -> None:
    before = RecordedEnd(machine_ended_at=after(60))
    alive = before.checked_again(seen(is_machine_alive=True, machine_ended_at=after(60)))
    assert alive.machine_ended_at is None


def test_a_part_has_ended_when_the_first_check_said_so() -> None:
    there = RecordedEnd().checked_again(seen())
    assert there.part_ends == {}
    pool_only = there.checked_again(seen(part_ends={"warm pool": after(20)}))
    both = pool_only.checked_again(seen(part_ends={"warm pool": after(30), "storage": after(30)}))
    assert both.part_ends == {"warm pool": after(20), "storage": after(30)}
    assert both.checked_again(seen(part_ends={"storage": after(40)})).part_ends == {
        "storage": after(30)
    }


def test_what_a_check_does_not_see_any_more_is_kept() -> None:
    first = RecordedEnd().checked_again(seen(launched_at=after(0), exit=a_report()))
    later = first.checked_again(seen())
    assert later == dataclasses.replace(first)
    assert (later.launched_at, later.script_ended_at, later.exit_status) == (
        after(0),
        after(600),
        0,
    )


def test_it_travels_as_a_payload() -> None:
    known = RecordedEnd(after(0), after(60), after(50), 3, {"volume": after(70)})
    assert RecordedEnd.from_payload(known.to_payload()) == known
    assert RecordedEnd.from_payload({}) == RecordedEnd()
