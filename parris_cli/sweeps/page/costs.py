"""What each trial has cost, and the spending against the budget over time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from parris_cli.formatting import duration, money
from parris_cli.pages.axis import Axis, Tick
from parris_cli.pages.charts import WIDE, Bar, Chart, Line, steps

if TYPE_CHECKING:
    from parris_cli.sweeps.view import SweepView

_GAP = 0.2
_SECONDS_PER_HOUR = 3600.0


def cost_chart(sweep: SweepView) -> Chart | None:
    """Return the chart of the cost of each trial, or None if none has cost anything."""
    ran = [trial for trial in sweep.trials if trial.runs]
    if not ran:
        return None
    most = max(trial.spent_usd for trial in ran)
    y_axis = Axis(0.0, float(most) or 1.0, WIDE.bottom, WIDE.top)
    width = (WIDE.right - WIDE.left) / len(ran)
    bars = []
    for place, trial in enumerate(ran):
        top = y_axis.at(float(trial.spent_usd))
        tooltip = f"trial {trial.number}: {money(str(trial.spent_usd))} USD"
        bars.append(
            Bar(
                round(WIDE.left + (place + _GAP / 2) * width, 2),
                top,
                round(width * (1 - _GAP), 2),
                round(WIDE.bottom - top, 2),
                trial.kind,
                tooltip,
            )
        )
    mean = sum((trial.spent_usd for trial in ran), Decimal(0)) / len(ran)
    numbers = Axis(0.0, float(len(ran) - 1), WIDE.left + width / 2, WIDE.right - width / 2)
    return Chart(
        title="Cost of each trial",
        summary=f"The dearest trial cost {money(str(most))} USD, the mean is {mean:.4f} USD.",
        x_label="trial",
        y_label="USD",
        x_ticks=tuple(
            Tick(tick.at, str(ran[int(tick.label)].number))
            for tick in numbers.ticks
            if tick.label.isdigit()
        ),
        y_ticks=y_axis.ticks,
        bars=tuple(bars),
    )


def budget_chart(sweep: SweepView) -> Chart | None:
    """Return the chart of what had been spent by when, or None if no trial has ended."""
    ended = sorted(
        ((trial.ended_at, trial.spent_usd) for trial in sweep.trials if trial.ended_at is not None),
    )
    if not ended or sweep.started_at is None:
        return None
    limit = float(sweep.cost_limit_usd)
    last = max(ended[-1][0], sweep.ended_at or ended[-1][0])
    hours = (last - sweep.started_at).total_seconds() / _SECONDS_PER_HOUR
    limit_hours = (sweep.time_limit_seconds or 0) / _SECONDS_PER_HOUR
    x_axis = Axis(0.0, max(hours, limit_hours) or 1.0, WIDE.left, WIDE.right)
    y_axis = Axis(0.0, max(limit, float(sweep.spent_usd)) * 1.05 or 1.0, WIDE.bottom, WIDE.top)
    spent, points = Decimal(0), [(x_axis.at(0.0), y_axis.at(0.0))]
    for ended_at, usd in ended:
        spent += usd
        at = (ended_at - sweep.started_at).total_seconds() / _SECONDS_PER_HOUR
        points.append((x_axis.at(at), y_axis.at(float(spent))))
    lines = [Line(steps(points), "spent", "spent")]
    at_limit = y_axis.at(limit)
    lines.append(Line(((WIDE.left, at_limit), (WIDE.right, at_limit)), "limit", "cost limit"))
    if limit_hours:
        at_end = x_axis.at(limit_hours)
        lines.append(Line(((at_end, WIDE.top), (at_end, WIDE.bottom)), "limit", "time limit"))
    return Chart(
        title="Budget",
        summary=f"{money(str(sweep.spent_usd))} of {money(str(sweep.cost_limit_usd))} USD were"
        f" spent in {duration(round(hours * _SECONDS_PER_HOUR))}. The dashed lines are the limits.",
        x_label="hours since the start of the sweep",
        y_label="USD spent",
        x_ticks=x_axis.ticks,
        y_ticks=y_axis.ticks,
        lines=tuple(lines),
    )
