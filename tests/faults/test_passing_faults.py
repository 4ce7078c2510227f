"""A fault that passes changes nothing: a part of the sample of `make faults`."""

import pytest

from tests.faults.part_of_sample import PartOfSample
from tests.faults.sample import PASSING, STATES_OF_PASSING
from tests.faults.tried_sample import TriedSample

pytestmark = pytest.mark.long

CELLS, STATES = PASSING, STATES_OF_PASSING


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_fault_that_passes_nothing_is_billed_and_the_end_is_right(
    tried: TriedSample, cell: str
) -> None:
    tried.assert_right(cell)


class TestItsJobs(PartOfSample):
    """With every call and state of this part."""
