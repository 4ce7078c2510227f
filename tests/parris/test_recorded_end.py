"""What is known of the end of a machine and of its volumes, from one check to the next."""

import dataclasses
from typing import Any

from parris.termination.ending import EndObservation, EndState
from parris.termination.recorded_end import RecordedEnd
from tests.builders import a_report, after


def seen(**changes: Any) -> EndObservation:
    return dataclasses.replace(EndObservation(EndState.ENDING, "DELETE_IN_PROGRESS", ()), **changes)


def test_the_first_recorded_end_of_a_machine_counts() -> None:
    stopped = RecordedEnd().checked_again(seen(machine_ended_at=after(60)), after(70))
    terminated = stopped.checked_again(seen(machine_ended_at=after(2000)), after(2010))
    gone = terminated.checked_again(seen(), after(9000))
    assert gone.machine_ended_at == after(60)


def test_a_machine_that_is_alive_has_not_ended_and_its_volume_is_not_gone() -> None:
    before = RecordedEnd(machine_ended_at=after(60), storage_gone_at=after(60))
    alive = before.checked_again(
        seen(is_machine_alive=True, machine_ended_at=after(60)), after(100)
    )
    assert (alive.machine_ended_at, alive.storage_gone_at) == (None, None)


def test_volumes_are_gone_from_the_first_check_that_sees_none() -> None:
    there = RecordedEnd().checked_again(seen(has_storage=True), after(10))
    assert there.storage_gone_at is None
    gone = there.checked_again(seen(), after(20)).checked_again(seen(), after(30))
    assert gone.storage_gone_at == after(20)
    assert gone.checked_again(seen(has_storage=True), after(40)).storage_gone_at is None


def test_what_a_check_does_not_see_any_more_is_kept() -> None:
    first = RecordedEnd().checked_again(seen(launched_at=after(0), exit=a_report()), after(700))
    later = first.checked_again(seen(), after(800))
    assert later == dataclasses.replace(first)
    assert (later.launched_at, later.script_ended_at, later.exit_status) == (
        after(0),
        after(600),
        0,
    )


def test_it_travels_as_a_payload() -> None:
    known = RecordedEnd(after(0), after(60), after(70), after(50), 3)
    assert RecordedEnd.from_payload(known.to_payload()) == known
    assert RecordedEnd.from_payload({}) == RecordedEnd()
