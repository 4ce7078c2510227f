"""After a run was struck nothing is billed and the end is right: a part of the sample."""

import pytest

from tests.faults.definitions import ALL_STATES
from tests.faults.sample import STATES_OF_LASTING, STATES_OF_PASSING, STRUCK
from tests.faults.tried_sample import TriedSample

CELLS = STRUCK


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_blow_nothing_is_billed_and_the_end_is_right(tried: TriedSample, cell: str) -> None:
    tried.assert_right(cell)


def test_every_call_that_was_made_has_a_phase_and_so_a_rule(tried: TriedSample) -> None:
    tried.assert_calls_have_phases()


def test_its_jobs_enter_the_states_that_the_other_parts_do_not(tried: TriedSample) -> None:
    assert set(ALL_STATES) - STATES_OF_PASSING - STATES_OF_LASTING <= tried.states
