"""docs/fault-matrix.md lists every fault and every outside event, and the bounds that apply."""

from datetime import timedelta

import pytest

from parris_cli.project_files import PROJECT
from tests.faults.columns import COLUMNS
from tests.faults.rules import (
    ALL_IS_OVER_AFTER,
    ALL_IS_REAPED_AFTER,
    ALL_IS_TOLD_AFTER,
    ALL_IS_TOLD_AGAIN_AFTER,
    MACHINE_IS_OVER_AFTER,
)
from tests.faults.states import Blow

PAGE = (PROJECT / "docs" / "fault-matrix.md").read_text()
FIRST_COLUMNS = [line.split("|")[1].strip() for line in PAGE.splitlines() if line[:1] == "|"]


@pytest.mark.parametrize("name", [*COLUMNS, *Blow])
def test_every_fault_and_every_blow_has_its_row(name: str) -> None:
    assert any(f"`{name}`" in cell for cell in FIRST_COLUMNS)


def test_the_bounds_are_those_that_are_tried() -> None:
    bounds = (
        ALL_IS_OVER_AFTER,
        MACHINE_IS_OVER_AFTER,
        ALL_IS_REAPED_AFTER,
        ALL_IS_TOLD_AFTER,
        ALL_IS_TOLD_AGAIN_AFTER,
    )
    hours = [round(bound / timedelta(hours=1)) for bound in bounds]
    listed = [cell for cell in FIRST_COLUMNS if cell.endswith(("hour", "hours"))]
    assert listed == [f"{one} hour" if one == 1 else f"{one} hours" for one in hours]
