"""A fault that passes changes nothing: a part of the sample of `make faults`."""

import pytest

from tests.faults.sample import PASSING, STATES_OF_PASSING
from tests.faults.tried_sample import TriedSample

CELLS = PASSING


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_fault_that_passes_nothing_is_billed_and_the_end_is_right(
    tried: TriedSample, cell: str
) -> None:
    tried.assert_right(cell)


def test_every_call_that_was_made_has_a_phase_and_so_a_rule(tried: TriedSample) -> None:
    tried.assert_calls_have_phases()


def test_its_jobs_enter_the_states_that_the_other_parts_do_not(tried: TriedSample) -> None:
    assert tried.states >= STATES_OF_PASSING
