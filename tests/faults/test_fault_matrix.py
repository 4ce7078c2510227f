"""After any fault of any call nothing is billed and the end is right: a sample of `make faults`."""

from collections.abc import Iterator, Mapping

import pytest

from tests.faults.cells import Cell, parse_cell
from tests.faults.columns import COLUMNS
from tests.faults.definitions import ALL_STATES
from tests.faults.rules import phase_of
from tests.faults.sample import SAMPLE
from tests.faults.site import Site, running_site
from tests.faults.states import Blow
from tests.faults.try_cells import Verdict, try_cells

CELLS = [parse_cell(one) for one in SAMPLE]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="module")
def tried(site: Site) -> Mapping[Cell, Verdict]:
    """All at once, since they wait more than they compute."""
    return try_cells(site, CELLS)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_after_the_fault_nothing_is_billed_and_the_end_is_right(
    tried: Mapping[Cell, Verdict], cell: Cell
) -> None:
    assert tried[cell] == Verdict(), f"alone: make faults CELLS={cell}"


def test_every_call_that_was_made_has_a_phase_and_so_a_rule(
    site: Site, tried: Mapping[Cell, Verdict]
) -> None:
    calls = {call for job in site.arns for call in site.calls.calls_of(job)}
    assert {phase_of(call) for call in calls}


def test_the_sample_has_every_column() -> None:
    assert {cell.column_name for cell in CELLS} == {*COLUMNS, *Blow}


def test_the_sample_enters_every_state_of_both_machines(
    site: Site, tried: Mapping[Cell, Verdict]
) -> None:
    entered = {state for job in site.arns for state in site.states.states_of(job)}
    assert set(ALL_STATES) == entered
