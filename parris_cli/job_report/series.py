"""The curve of each metric, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.plain_text import plain_line
from parris_cli.pages.axis import has_wide_range, number_label, value_axis
from parris_cli.pages.charts import COMPACT, Chart, Dot, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.metric_rows import MetricValue

_BUCKETS = 200
_MARGIN = 8


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one metric in their order, each with its step, or its number without one."""

    name: str
    points: tuple[tuple[float, float], ...]
    has_steps: bool

    @property
    def first(self) -> float:
        """Return the first value."""
        return self.points[0][1]

    @property
    def last(self) -> float:
        """Return the last value."""
        return self.points[-1][1]

    @property
    def last_step(self) -> int | None:
        """Return the step of the last value."""
        return int(self.points[-1][0]) if self.has_steps else None

    @property
    def least(self) -> float:
        """Return the least value."""
        return min(value for _, value in self.points)

    @property
    def largest(self) -> float:
        """Return the largest value."""
        return max(value for _, value in self.points)


def series_of(values: Iterable[MetricValue]) -> list[Series]:
    """Return the metrics in the order in which they came."""
    found: dict[str, list[MetricValue]] = {}
    for one in values:
        found.setdefault(one.name, []).append(one)
    return [_series(name, rows) for name, rows in found.items()]


def metric_chart(series: Series) -> Chart:
    """Return the chart of a metric."""
    points = _thinned(series.points)
    frame = COMPACT
    x_axis = value_axis((x for x, _ in points), frame.left + _MARGIN, frame.right - _MARGIN)
    values = [value for _, value in points]
    y_axis = value_axis(
        values, frame.bottom - _MARGIN, frame.top + _MARGIN, is_log=has_wide_range(values)
    )
    drawn = tuple((x_axis.at(x), y_axis.at(value)) for x, value in points)
    last = f"{series.name}: {number_label(series.last)}"
    at = "" if series.last_step is None else f" at step {series.last_step}"
    return Chart(
        title=series.name,
        summary=f"From {number_label(series.first)} to {number_label(series.last)}{at};"
        f" least {number_label(series.least)}, largest {number_label(series.largest)}.",
        x_label="step" if series.has_steps else "values, in their order",
        y_label="log scale" if y_axis.is_log else "",
        x_ticks=tuple(tick for tick in x_axis.ticks if "." not in tick.label),
        y_ticks=y_axis.ticks,
        lines=(Line(drawn, "metric", last),) if len(drawn) > 1 else (),
        dots=(Dot(*drawn[-1], "metric", last),),
        frame=frame,
    )


def _series(name: str, rows: list[MetricValue]) -> Series:
    has_steps = all(row.step is not None for row in rows)
    points = (
        (float(row.step if has_steps and row.step is not None else number), row.value)
        for number, row in enumerate(rows, 1)
    )
    return Series(plain_line(name), tuple(points), has_steps)


def _thinned(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Return the least and the largest of each of 200 stretches, so that no peak is lost."""
    if len(points) <= 2 * _BUCKETS:
        return list(points)
    kept = []
    for number in range(_BUCKETS):
        start, end = (len(points) * edge // _BUCKETS for edge in (number, number + 1))
        stretch = range(start, end)
        low = min(stretch, key=lambda at: points[at][1])
        high = max(stretch, key=lambda at: points[at][1])
        kept += [points[at] for at in sorted({low, high})]
    return [*kept, points[-1]]
