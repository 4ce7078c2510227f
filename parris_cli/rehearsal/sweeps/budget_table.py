"""The budget and the trials of a rehearsed sweep over time, as a table for people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.sweeps.trial import TrialStatus
from parris_cli.formatting import money
from parris_cli.pages.axis import number_label
from parris_cli.rehearsal.durations import short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from parris_cli.rehearsal.sweeps.watch_budget import BudgetPoint
    from parris_cli.sweeps.view import SweepView

_ROWS = 10
_HEAD = ("time", "spent", "reserved", "running", "ended", "best")
_WIDTHS = (10, 10, 10, 9, 7, 12)


def budget_table(sweep: SweepView, points: Sequence[BudgetPoint]) -> list[str]:
    """Return the lines of the table: a head, and so many times from the start to the end."""
    if not points or sweep.started_at is None:
        return []
    total = points[-1].at - sweep.started_at
    times = [sweep.started_at + total * step / _ROWS for step in range(1, _ROWS + 1)]
    rows = [_row(sweep, points, at, at - sweep.started_at) for at in times]
    return [_line(_HEAD), *(_line(row) for row in rows)]


def _row(
    sweep: SweepView, points: Sequence[BudgetPoint], at: datetime, after: timedelta
) -> tuple[str, ...]:
    until = [one for one in points if one.at <= at] or [points[0]]
    now = until[-1]
    running = [one for one in sweep.trials if one.started_at and one.started_at <= at]
    ended = [one for one in sweep.trials if one.ended_at and one.ended_at <= at]
    values = [
        one.value for one in ended if one.value is not None and one.status is TrialStatus.SUCCEEDED
    ]
    best = (max(values) if sweep.is_maximized else min(values)) if values else None
    return (
        f"+{short(timedelta(seconds=round(after.total_seconds())))}",
        money(f"{now.spent_usd:.4f}"),
        money(f"{now.committed_usd - now.spent_usd:.4f}"),
        str(len(running) - sum(one in ended for one in running)),
        str(len(ended)),
        "-" if best is None else number_label(best),
    )


def _line(cells: Sequence[str]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
