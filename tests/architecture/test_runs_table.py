"""The tests' own runs table is the one that template.yaml makes."""

from tests.architecture.definition import read_template
from tests.runs_table import RUNS_TABLE_KEYS


def test_the_runs_table_of_tests_has_the_keys_of_the_template() -> None:
    properties = read_template()["Resources"]["RunsTable"]["Properties"]

    assert properties == RUNS_TABLE_KEYS
