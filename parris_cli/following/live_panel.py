"""What stays above the status line of `parris watch`: the path of the job, and its metrics."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris_cli.following.metric_lines import MetricLines
from parris_cli.formatting import duration
from parris_cli.terminal.sparkline import sparkline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from parris_cli.following.phase import Phase

_MOST_METRICS = 3
_MOST_VALUES = 2_000
_CURVE_COLUMNS = 24
# As the screen has it for its own lines.
_LABEL_COLUMNS = 13


@dataclass
class _Metric:
    step: int | None = None
    values: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_VALUES))


class LivePanel:
    """Collects what a job shows, and returns it as lines with a label each."""

    def __init__(self) -> None:
        self._path: list[tuple[Phase, datetime]] = []
        self._metrics: dict[str, _Metric] = {}
        self._lines = MetricLines()

    def find_metrics(self, patterns: Mapping[str, str]) -> None:
        """Read metrics with the regular expressions of the job's config, too."""
        self._lines.close()
        self._lines = MetricLines(patterns)

    def close(self) -> None:
        """End what searches for metrics."""
        self._lines.close()

    def begin(self, phase: Phase, at: datetime) -> None:
        """Note that a phase begins; a launch begins another attempt."""
        earlier = [one for one, _ in self._path]
        if phase in earlier:
            del self._path[earlier.index(phase) :]
        self._path.append((phase, at))

    def read(self, lines: Iterable[str]) -> None:
        """Read the metrics in lines of the log."""
        for found in self._lines.read(lines):
            metric = self._metrics.setdefault(found.name, _Metric())
            metric.step = found.step
            metric.values.append(found.value)

    def lines(self, now: datetime, *, has_blocks: bool) -> list[str]:
        """Return the lines.

        Args:
            now: until when the last phase is counted.
            has_blocks: whether curves may be made of block characters.
        """
        labelled = [("path", self._path_text(now))] if self._path else []
        for name, metric in list(self._metrics.items())[:_MOST_METRICS]:
            labelled.append((name, _metric_text(metric, has_blocks=has_blocks)))
        return [f"        {label:<{_LABEL_COLUMNS}}{text}" for label, text in labelled]

    def _path_text(self, now: datetime) -> str:
        """Return the phases and how long each took, without those that took no second."""
        ends = [*(at for _, at in self._path[1:]), now]
        lengths = [
            (phase, max(0, int((end - at).total_seconds())))
            for (phase, at), end in zip(self._path, ends, strict=True)
        ]
        shown = [one for one in lengths[:-1] if one[1]] + lengths[-1:]
        return " > ".join(f"{phase} {duration(seconds)}" for phase, seconds in shown)


def _metric_text(metric: _Metric, *, has_blocks: bool) -> str:
    values = list(metric.values)
    curve = sparkline(values, _CURVE_COLUMNS) if has_blocks else f"from {values[0]:.4g}"
    step = "" if metric.step is None else f"  step {metric.step}"
    return f"{values[-1]:<8.4g} {curve}{step}"
