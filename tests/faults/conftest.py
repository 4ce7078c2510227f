"""One site for each part of the sample, on which its cells are tried at the same time."""

from collections.abc import Iterator

import pytest

from tests.faults.cells import parse_cell
from tests.faults.site import Site, running_site
from tests.faults.tried_sample import TriedSample
from tests.faults.try_cells import try_cells


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="module")
def tried(site: Site, request: pytest.FixtureRequest) -> TriedSample:
    """The cells that the module names in CELLS: they wait more than they compute."""
    verdicts = try_cells(site, [parse_cell(one) for one in request.module.CELLS])
    return TriedSample(
        verdicts={str(cell): verdict for cell, verdict in verdicts.items()},
        calls={call for job in site.arns for call in site.calls.calls_of(job)},
        states={state for job in site.arns for state in site.states.states_of(job)},
    )
