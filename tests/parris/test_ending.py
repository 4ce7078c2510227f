"""How far an end is, as it travels from state to state."""

from typing import Any

from parris.payloads import Payload
from parris.termination.ending import Act, ActKind, Ending, EndPlan, EndStep
from parris.timestamps import format_timestamp
from tests.builders import after


def cleanup_after(step: EndStep, *acts: Act, before: Payload | None = None) -> dict[str, Any]:
    ending = Ending.from_state({"cleanup": before or {}}, after(100))
    return EndPlan(step, acts).to_payload(ending)


def test_a_new_step_begins_now_and_the_same_step_continues_since_it_began() -> None:
    first = cleanup_after(EndStep.SAVING, before={"step": "saving", "step_since": None})
    assert first["step_since"] == format_timestamp(after(100))
    going_on: Payload = {"step": "saving", "step_since": format_timestamp(after(5))}
    assert cleanup_after(EndStep.SAVING, before=going_on)["step_since"] == format_timestamp(
        after(5)
    )
    assert cleanup_after(EndStep.DELETING, before=going_on)["step_since"] == format_timestamp(
        after(100)
    )


def test_a_deletion_that_is_tried_again_begins_again() -> None:
    before: Payload = {"step": "deleting", "step_since": format_timestamp(after(5))}
    again = cleanup_after(EndStep.DELETING, Act(ActKind.DELETE, "stack"), before=before)
    assert again["step_since"] == format_timestamp(after(100))


def test_only_a_deletion_of_the_stack_counts_as_one() -> None:
    before: Payload = {"step": "deleting", "deletions": 2}
    deleted = cleanup_after(EndStep.DELETING, Act(ActKind.DELETE, "stack"), before=before)
    forced = cleanup_after(EndStep.DELETING, Act(ActKind.FORCE_DELETE, "stack"), before=before)
    waited = cleanup_after(EndStep.DELETING, Act(ActKind.DELETE_PART, "vol-1"), before=before)
    assert [one["deletions"] for one in (deleted, forced, waited)] == [3, 3, 2]


def test_the_state_of_an_older_definition_is_read_with_defaults() -> None:
    ending = Ending.from_state({"cleanup": {"step": "saving"}}, after(0))
    assert ending == Ending(now=after(0), step=EndStep.SAVING)
