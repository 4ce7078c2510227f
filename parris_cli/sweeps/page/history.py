"""The optimisation history: each trial's value in the order of their ends, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.sweeps.page.axis import Axis, has_wide_range, number_label, value_axis
from parris_cli.sweeps.page.charts import BOTTOM, LEFT, RIGHT, TOP, Chart, Dot, Line, steps

if TYPE_CHECKING:
    from parris_cli.sweeps.view import SweepView


def history_chart(sweep: SweepView) -> Chart | None:
    """Return the chart, or None if no trial has a value."""
    ended = sorted(
        (trial for trial in sweep.trials if trial.value is not None),
        key=lambda trial: (trial.ended_at is None, trial.ended_at or 0, trial.number),
    )
    values = [trial.value for trial in ended if trial.value is not None]
    if not values or sweep.metric is None:
        return None
    x_axis = Axis(1.0, float(len(ended)), LEFT + 8, RIGHT - 8)
    y_axis = value_axis(values, BOTTOM - 8, TOP + 8, is_log=has_wide_range(values))
    better = max if sweep.is_maximized else min
    best = [better(values[: place + 1]) for place in range(len(values))]
    xs = [x_axis.at(place + 1.0) for place in range(len(ended))]
    dots = tuple(
        Dot(x, y_axis.at(value), trial.status.value, f"trial {trial.number}: {number_label(value)}")
        for x, value, trial in zip(xs, values, ended, strict=True)
    )
    line = Line(steps([(x, y_axis.at(value)) for x, value in zip(xs, best, strict=True)]), "best")
    return Chart(
        title="History",
        summary=f"Best {sweep.metric} after {len(ended)} trials: {number_label(best[-1])}.",
        x_label="trials, in the order of their ends",
        y_label=f"{sweep.metric} (log scale)" if y_axis.is_log else sweep.metric,
        x_ticks=tuple(tick for tick in x_axis.ticks if "." not in tick.label),
        y_ticks=y_axis.ticks,
        lines=(line,),
        dots=dots,
    )
