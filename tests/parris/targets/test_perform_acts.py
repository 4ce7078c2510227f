"""A failed act stops no other, and its error is not lost."""

import pytest

from parris.targets.perform_acts import perform_all
from parris.termination.ending import Act, ActKind


def test_a_failed_act_stops_no_other_and_the_first_error_is_raised() -> None:
    performed = []

    def perform(act: Act) -> None:
        performed.append(act.resource_id)
        if act.resource_id != "second":
            raise ValueError(act.resource_id)

    acts = [Act(ActKind.STOP, name) for name in ("first", "second", "third")]
    with pytest.raises(ValueError, match="first"):
        perform_all(acts, perform)
    assert performed == ["first", "second", "third"]
