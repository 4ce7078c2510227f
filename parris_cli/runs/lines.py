"""Runs as a table where there is room for it, else as two lines each, or a few more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.reasons import SUCCESSFUL_REASONS
from parris_cli.formatting import against_limit, age, clock_time, duration, money, usd
from parris_cli.terminal.style import Span, Style, width_of
from parris_cli.terminal.table import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from parris_cli.runs.run import Run

_HEAD = ("job", "state", "who", "submitted", "time", "USD", "on")
_NUMBERS = frozenset({4, 5})


def run_lines(runs: Sequence[Run], now: datetime, width: int | None) -> list[tuple[Span, ...]]:
    """Return lines for runs.

    Args:
        runs: in their order.
        now: what times are compared with.
        width: the columns that a line may take; None for any number.
    """
    head = [Span(title, Style.BOLD) for title in _HEAD]
    table = aligned([head, *(_cells(run, now) for run in runs)], _NUMBERS)
    if width is None or max(map(width_of, table)) <= width:
        return table
    return [line for run in runs for line in _short_lines(run, now, width)]


def state_span(run: Run) -> Span:
    """Return the state of a run in its colour."""
    if run.is_running:
        return Span(run.state, Style.PHASE)
    return Span(run.state, Style.GOOD if run.state in SUCCESSFUL_REASONS else Style.BAD)


def time_text(run: Run, now: datetime) -> str:
    """Return `12 min of 10 h, by 18:00 CEST`, empty for a run that was never launched."""
    if run.runtime_seconds is None:
        return ""
    limit = run.time_limit_seconds
    text = against_limit(duration(run.runtime_seconds), None if limit is None else duration(limit))
    return text if run.clock_time is None else f"{text}, by {clock_time(run.clock_time, now)}"


def cost_text(run: Run) -> str:
    """Return `0.31 of 20` in USD, empty where the cost is not known."""
    if run.cost_usd is None:
        return ""
    limit = run.cost_limit_usd
    return against_limit(usd(run.cost_usd), None if limit is None else money(str(limit)))


def _cells(run: Run, now: datetime) -> list[Span]:
    return [
        Span(run.job_id),
        state_span(run),
        Span(run.owner),
        Span(_submitted(run, now)),
        Span(time_text(run, now)),
        Span(cost_text(run)),
        Span(run.title),
    ]


def _short_lines(run: Run, now: datetime, width: int) -> list[tuple[Span, ...]]:
    """Return two lines, or more where its figures do not fit on the second."""
    head = (Span(run.job_id), Span("  "), state_span(run), Span(f"  {run.owner}"))
    cost = cost_text(run)
    parts = [
        _submitted(run, now),
        time_text(run, now),
        f"{cost} USD" if cost else "",
        f"on {run.title}" if run.title else "",
    ]
    lines: list[str] = []
    for part in filter(None, parts):
        longer = f"{lines[-1]}, {part}" if lines else ""
        if lines and len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(f"  {part}")
    return [head, *((Span(line),) for line in lines)]


def _submitted(run: Run, now: datetime) -> str:
    return "" if run.submitted_at is None else age(run.submitted_at, now)
