"""The tests' own tables are those that template.yaml makes."""

import pytest

from tests.architecture.definition import read_template
from tests.runs_table import RUNS_TABLE_KEYS
from tests.sweeps_table import SWEEPS_TABLE_KEYS


@pytest.mark.parametrize(
    ("name", "keys"), [("RunsTable", RUNS_TABLE_KEYS), ("SweepsTable", SWEEPS_TABLE_KEYS)]
)
def test_a_table_of_tests_has_the_keys_of_the_template(name: str, keys: object) -> None:
    properties = read_template()["Resources"][name]["Properties"]

    assert properties == keys
