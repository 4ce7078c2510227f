"""Which runs a list shows, and in which order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parris_cli.runs.query import ORDERS, Query, parse_since
from tests.parris_cli.runs.some_runs import NOW, a_run, hours_ago


@pytest.mark.parametrize(
    ("query", "is_accepted"),
    [
        (Query(), True),
        (Query(name="iris"), True),
        (Query(name="ir*"), True),
        (Query(name="wine"), False),
        (Query(owner="ada"), True),
        (Query(owner="bob"), False),
        (Query(reasons=frozenset({"COMPLETED", "ABORTED"})), True),
        (Query(reasons=frozenset({"ABORTED"})), False),
        (Query(since=hours_ago(3)), True),
        (Query(since=hours_ago(2.9)), False),
        (Query(is_running_only=True), False),
    ],
)
def test_each_filter_lets_through_what_it_names(query: Query, is_accepted: bool) -> None:
    assert query.accepts(a_run()) is is_accepted


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ("started", "cba"),
        ("cost", "acb"),
        ("time", "bca"),
        ("name", "acb"),
        ("who", "cab"),
    ],
)
def test_runs_are_sorted_by_each_of_their_parts(order: str, ids: str) -> None:
    parts: list[dict[str, Any]] = [
        {"name": "a", "owner": "bob", "cost_usd": Decimal(3), "runtime_seconds": 10},
        {"name": "c", "owner": "cid", "cost_usd": None, "runtime_seconds": 90},
        {"name": "b", "owner": "ada", "cost_usd": Decimal(2), "runtime_seconds": None},
    ]
    runs = [
        a_run(job_id=letter, submitted_at=hours_ago(9 - place), **one)
        for place, (letter, one) in enumerate(zip("abc", parts, strict=True))
    ]
    if order == "time":
        runs[2] = a_run(job_id="c", submitted_at=hours_ago(7), runtime_seconds=20)
    assert "".join(run.job_id for run in Query(order=order).sorted(runs)) == ids


def test_every_order_has_been_tried() -> None:
    assert set(ORDERS) == {"started", "cost", "time", "name", "who"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-01T08:00Z", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1).astimezone(UTC)),
    ],
)
def test_a_time_is_a_duration_or_a_date(text: str, expected: datetime) -> None:
    assert parse_since(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "7", "99999999999d", "2026-13-01"])
def test_what_is_no_time_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="such as 90m or 7d, or a date"):
        parse_since(text, NOW)
