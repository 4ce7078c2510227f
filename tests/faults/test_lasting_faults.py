"""After a lasting fault nothing is billed, or a notification was sent: a part of the sample."""

import pytest

from tests.faults.part_of_sample import PartOfSample
from tests.faults.sample import LASTING, STATES_OF_LASTING
from tests.faults.tried_sample import TriedSample

pytestmark = pytest.mark.long

CELLS, STATES = LASTING, STATES_OF_LASTING


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_fault_that_lasts_nothing_is_billed_and_the_end_is_right(
    tried: TriedSample, cell: str
) -> None:
    tried.assert_right(cell)


class TestItsJobs(PartOfSample):
    """With every call and state of this part."""
