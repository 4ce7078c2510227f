"""A sweep that is struck keeps its budget and leaves nothing: all of its cells."""

from collections.abc import Mapping

import pytest

from tests.faults.site import Site
from tests.faults.sweep_cells import SWEEP_CELLS
from tests.faults.sweeps import try_sweeps

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def problems(site: Site) -> Mapping[str, tuple[str, ...]]:
    return try_sweeps(site, SWEEP_CELLS)


@pytest.mark.parametrize("cell", [one.text for one in SWEEP_CELLS])
def test_its_budget_holds_and_nothing_of_it_is_left(
    problems: Mapping[str, tuple[str, ...]], cell: str
) -> None:
    assert problems[cell] == ()
