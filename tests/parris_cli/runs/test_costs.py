"""What runs have cost, in groups."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from parris_cli.runs.costs import GROUPS, cost_lines, cost_of, costs_by
from tests.parris_cli.runs.some_runs import a_run

RUNS = [
    a_run(
        name="a",
        owner="ada",
        cost_usd=Decimal("1.50"),
        submitted_at=datetime(2031, 5, 5, 12, tzinfo=UTC),
    ),
    a_run(
        name="a",
        owner="bob",
        cost_usd=Decimal("0.75"),
        submitted_at=datetime(2031, 5, 14, 12, tzinfo=UTC),
    ),
    a_run(
        name="b",
        owner="bob",
        cost_usd=Decimal("3.00"),
        submitted_at=datetime(2031, 6, 1, 12, tzinfo=UTC),
    ),
    a_run(name="c", cost_usd=None, submitted_at=None),
    a_run(name="c", cost_usd=None, runtime_seconds=None, submitted_at=None),
]


@pytest.mark.parametrize(
    ("group", "costs"),
    [
        ("name", [("b", "3.00"), ("a", "2.25"), ("c", "0")]),
        ("who", [("bob", "3.75"), ("ada", "1.50")]),
        ("month", [("unknown", "0"), ("2031-06", "3.00"), ("2031-05", "2.25")]),
        ("target", [("unknown", "5.25")]),
        ("job", [("iris-20261120t120000-04f2", "5.25")]),
        (
            "week",
            [
                ("unknown", "0"),
                ("2031-05-26", "3.00"),
                ("2031-05-12", "0.75"),
                ("2031-05-05", "1.50"),
            ],
        ),
    ],
)
def test_each_group_has_its_sum(group: str, costs: list[tuple[str, str]]) -> None:
    assert [(cost.group, str(cost.usd)) for cost in costs_by(group, RUNS)] == costs


def test_every_group_has_been_tried() -> None:
    assert set(GROUPS) == {"name", "who", "month", "target", "job", "week"}


def test_a_run_without_a_price_is_named_and_one_that_never_ran_is_none() -> None:
    total = cost_of("total", RUNS)
    assert (total.runs, total.unpriced, total.usd) == (5, 1, Decimal("5.25"))
    lines = ["".join(span.text for span in line) for line in cost_lines("name", [], total)]
    assert lines[1].split() == ["total", "5", "4", "h", "5.25"]
    assert lines[-1] == "1 without a known price, not in the sum"
