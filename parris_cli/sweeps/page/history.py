"""The optimisation history: each trial's value in the order of their ends, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.sweeps.trial import TrialStatus
from parris_cli.pages.axis import Axis, has_wide_range, number_label, value_axis
from parris_cli.pages.charts import WIDE, Chart, Dot, Line, steps

if TYPE_CHECKING:
    from parris_cli.sweeps.view import SweepView, TrialView


def history_chart(sweep: SweepView) -> Chart | None:
    """Return the chart, or None if no trial has a value."""
    ended = sorted(
        (trial for trial in sweep.trials if trial.value is not None),
        key=lambda trial: (trial.ended_at is None, trial.ended_at or 0, trial.number),
    )
    values = [trial.value for trial in ended if trial.value is not None]
    if not values or sweep.metric is None:
        return None
    x_axis = Axis(1.0, float(len(ended)), WIDE.left + 8, WIDE.right - 8)
    y_axis = value_axis(values, WIDE.bottom - 8, WIDE.top + 8, is_log=has_wide_range(values))
    best = _best_so_far(ended, is_maximized=sweep.is_maximized)
    xs = [x_axis.at(place + 1.0) for place in range(len(ended))]
    dots = tuple(
        Dot(x, y_axis.at(value), trial.kind, f"trial {trial.number}: {number_label(value)}")
        for x, value, trial in zip(xs, values, ended, strict=True)
    )
    line = Line(steps([(xs[place], y_axis.at(value)) for place, value in best]), "best")
    summary = f"No trial that succeeded has a {sweep.metric}."
    if best:
        summary = f"Best {sweep.metric} after {len(ended)} trials: {number_label(best[-1][1])}."
    if any(trial.is_stopped_early for trial in ended):
        summary += " Hollow dots are trials that were stopped early."
    return Chart(
        title="History",
        summary=summary,
        x_label="trials, in the order of their ends",
        y_label=f"{sweep.metric} (log scale)" if y_axis.is_log else sweep.metric,
        x_ticks=tuple(tick for tick in x_axis.ticks if "." not in tick.label),
        y_ticks=y_axis.ticks,
        lines=(line,) if best else (),
        dots=dots,
    )


def _best_so_far(ended: list[TrialView], *, is_maximized: bool) -> list[tuple[int, float]]:
    """Return the places in the order of ends, and the best value of a success until each."""
    better = max if is_maximized else min
    best: list[tuple[int, float]] = []
    for place, trial in enumerate(ended):
        before = best[-1][1] if best else None
        if trial.status is TrialStatus.SUCCEEDED and trial.value is not None:
            value = trial.value if before is None else better(before, trial.value)
            best.append((place, value))
        elif before is not None:
            best.append((place, before))
    return best
