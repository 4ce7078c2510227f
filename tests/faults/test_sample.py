"""The sample of `make faults` has every kind of fault."""

from tests.faults.cells import parse_cell
from tests.faults.columns import COLUMNS
from tests.faults.sample import SAMPLE
from tests.faults.states import Blow


def test_the_sample_has_every_column() -> None:
    assert {parse_cell(one).column_name for one in SAMPLE} == {*COLUMNS, *Blow}
