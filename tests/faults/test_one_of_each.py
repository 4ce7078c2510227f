"""After one fault of each kind nothing is billed and the end is right."""

import pytest

from tests.faults.cells import parse_cell
from tests.faults.columns import COLUMNS
from tests.faults.sample import ONE_OF_EACH, SAMPLE
from tests.faults.states import Blow
from tests.faults.tried_sample import TriedSample

CELLS = ONE_OF_EACH


def test_there_is_one_of_each_and_the_sample_has_it() -> None:
    assert sorted(parse_cell(one).column_name for one in CELLS) == sorted([*COLUMNS, *Blow])
    assert {*CELLS} <= {*SAMPLE}


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_fault_nothing_is_billed_and_the_end_is_right(
    tried: TriedSample, cell: str
) -> None:
    tried.assert_right(cell)


def test_every_call_that_was_made_has_a_phase_and_so_a_rule(tried: TriedSample) -> None:
    tried.assert_calls_have_phases()
