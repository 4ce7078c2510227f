"""After a run was struck nothing is billed and the end is right: a part of the sample."""

import pytest

from tests.faults.definitions import ALL_STATES
from tests.faults.part_of_sample import PartOfSample
from tests.faults.sample import STATES_OF_LASTING, STATES_OF_PASSING, STRUCK
from tests.faults.tried_sample import TriedSample

pytestmark = pytest.mark.long

CELLS, STATES = STRUCK, set(ALL_STATES) - STATES_OF_PASSING - STATES_OF_LASTING


@pytest.mark.parametrize("cell", CELLS)
def test_after_a_blow_nothing_is_billed_and_the_end_is_right(tried: TriedSample, cell: str) -> None:
    tried.assert_right(cell)


class TestItsJobs(PartOfSample):
    """With every call and state of this part."""
