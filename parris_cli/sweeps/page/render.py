"""Renders the report page of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.pages.render import render_page
from parris_cli.sweeps.page.costs import budget_chart, cost_chart
from parris_cli.sweeps.page.history import history_chart
from parris_cli.sweeps.page.parallel import parallel_chart

if TYPE_CHECKING:
    from parris_cli.sweeps.view import SweepView

_TEMPLATE = "sweep.html.jinja"


def render_sweep_page(sweep: SweepView) -> str:
    """Return the page as HTML. It needs no network and no script, and shows what the record has."""
    charts = (history_chart(sweep), budget_chart(sweep), cost_chart(sweep))
    return render_page(
        __package__,
        _TEMPLATE,
        sweep=sweep,
        best=sweep.best,
        seconds=_seconds(sweep),
        counts={status.value: count for status, count in sweep.counts.items()},
        stopped_count=sum(trial.is_stopped_early for trial in sweep.trials),
        parallel=parallel_chart(sweep),
        charts=[chart for chart in charts if chart is not None],
    )


def _seconds(sweep: SweepView) -> int | None:
    if sweep.started_at is None or sweep.ended_at is None:
        return None
    return round((sweep.ended_at - sweep.started_at).total_seconds())
