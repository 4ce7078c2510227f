"""Runs in lines: a table where there is room, else two lines each."""

from dataclasses import replace
from decimal import Decimal

import pytest

from parris_cli.runs.lines import run_lines
from parris_cli.runs.run import Run
from tests.parris_cli.runs.some_runs import NOW, a_run, hours_ago

RUNS = (
    a_run(
        job_id="vision-20261120t144500-9c1b",
        state="training",
        is_running=True,
        submitted_at=hours_ago(0.25),
        runtime_seconds=720,
        time_limit_seconds=36000,
        cost_usd=Decimal("0.2012"),
        cost_limit_usd=Decimal("20"),
    ),
    a_run(),
    a_run(state="ABORTED", owner="unknown", runtime_seconds=None, cost_usd=None, title=""),
)
TABLE = """\
job                          state      who      submitted             time           USD  on
vision-20261120t144500-9c1b  training   ada      15 min ago  12 min of 10 h  0.2012 of 20  g5.xlarge
iris-20261120t120000-04f2    COMPLETED  ada      3 h ago                1 h          1.01  g5.xlarge
iris-20261120t120000-04f2    ABORTED    unknown  3 h ago"""
NARROW = """\
vision-20261120t144500-9c1b  training  ada
  15 min ago, 12 min of 10 h, 0.2012 of 20 USD, on g5.xlarge
iris-20261120t120000-04f2  COMPLETED  ada
  3 h ago, 1 h, 1.01 USD, on g5.xlarge
iris-20261120t120000-04f2  ABORTED  unknown
  3 h ago"""


def text_of(runs: tuple[Run, ...], width: int | None) -> str:
    return "\n".join("".join(span.text for span in line) for line in run_lines(runs, NOW, width))


@pytest.mark.parametrize(("width", "text"), [(None, TABLE), (119, TABLE), (79, NARROW)])
def test_a_table_that_does_not_fit_becomes_two_lines_for_each_run(
    width: int | None, text: str
) -> None:
    assert text_of(RUNS, width) == text


def test_a_time_on_the_clock_is_shown_where_the_time_limit_is() -> None:
    late = replace(RUNS[0], clock_time=hours_ago(-30))
    assert "12 min of 10 h, by 2026-11-21 21:00 UTC" in text_of((late,), None)
    assert text_of((late,), 80).splitlines()[1:] == [
        "  15 min ago, 12 min of 10 h, by 2026-11-21 21:00 UTC, 0.2012 of 20 USD",
        "  on g5.xlarge",
    ]
    assert "1 h, by 18:00 UTC" in text_of((a_run(clock_time=hours_ago(-3)),), None)
