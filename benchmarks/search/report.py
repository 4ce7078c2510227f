"""Writes docs/search-benchmark.md from the results."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.search.plan import LOADS, METHODS, SEEDS
from benchmarks.search.tasks import all_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_BEGIN, _END = "<!-- generated: begin -->", "<!-- generated: end -->"


@dataclass(frozen=True, slots=True)
class Result:
    """The regrets of a method on one task with one number of workers, one for each seed."""

    task: str
    method: str
    workers: int
    regrets: list[float]
    suggest_seconds: float

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The lower quartile, the median and the upper quartile."""
        low, middle, high = statistics.quantiles(self.regrets, n=4, method="inclusive")
        return low, middle, high

    def to_json(self) -> dict[str, object]:
        """Return what a file stores."""
        return dataclasses.asdict(self)

    def line(self) -> str:
        """Return a line for the terminal."""
        low, middle, high = self.quartiles
        return (
            f"{self.task:18} {self.workers:2} workers {self.method:9} median {middle:.4g} "
            f"({low:.4g} to {high:.4g}), {1000 * self.suggest_seconds:.0f} ms"
        )


def ranks(results: Iterable[Result]) -> dict[str, list[float]]:
    """Return the ranks of each method in all cells; equal medians share the mean of their ranks."""
    cells: dict[tuple[str, int], dict[str, float]] = {}
    for one in results:
        cells.setdefault((one.task, one.workers), {})[one.method] = one.quartiles[1]
    found: dict[str, list[float]] = {method: [] for method in METHODS}
    for medians in cells.values():
        for method, median in medians.items():
            better = sum(other < median for other in medians.values())
            equal = sum(other == median for other in medians.values())
            found[method].append(better + (equal + 1) / 2)
    return found


def write_report(results: Sequence[Result], page: Path) -> None:
    """Replace the generated part of the page."""
    text = page.read_text()
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    page.write_text(f"{before}{_BEGIN}\n{_generated(results)}{_END}{after}")


def _generated(results: Sequence[Result]) -> str:
    found = ranks(results)
    order = sorted(METHODS, key=lambda one: (statistics.median(found[one]), _mean(found[one])))
    lines = [
        f"{len(all_tasks())} tasks, {len(LOADS)} numbers of workers, {len(SEEDS)} seeds.",
        "",
        "| method | median rank | mean rank | first in | last in | ms per suggestion |",
        "|---|---|---|---|---|---|",
    ]
    for method in order:
        seconds = _mean([one.suggest_seconds for one in results if one.method == method])
        lines.append(
            f"| {method} | {statistics.median(found[method]):g} | {_mean(found[method]):.2f} "
            f"| {sum(rank < 2 for rank in found[method])} "
            f"| {sum(rank > 2 for rank in found[method])} | {1000 * seconds:.1f} |"
        )
    lines += ["", f"By the rule, the default is `{order[0]}`.", "", *_tables(results)]
    lines += _losses(results, order[0])
    return "\n".join(lines) + "\n"


def _tables(results: Sequence[Result]) -> list[str]:
    lines = []
    by_cell = {(one.task, one.workers, one.method): one for one in results}
    for load in LOADS:
        heads = " | ".join(METHODS)
        lines += [
            f"**{load.workers} at a time, {load.trials} trials:** "
            "median regret (lower to upper quartile)",
            "",
            f"| task | {heads} |",
            "|---|" + "---|" * len(METHODS),
        ]
        for task in all_tasks():
            cells = [by_cell[task.name, load.workers, method] for method in METHODS]
            best = min(one.quartiles[1] for one in cells)
            shown = " | ".join(_cell(one, best) for one in cells)
            lines.append(f"| {task.name} | {shown} |")
        lines.append("")
    return lines


def _cell(result: Result, best: float) -> str:
    low, middle, high = result.quartiles
    shown = f"**{middle:.3g}**" if middle == best else f"{middle:.3g}"
    return f"{shown} ({low:.3g} to {high:.3g})"


def _losses(results: Sequence[Result], default: str) -> list[str]:
    """Return a sentence for each method that beats the default somewhere."""
    lines = [f"Where `{default}` is not the best:", ""]
    medians = {(one.task, one.workers, one.method): one.quartiles[1] for one in results}
    for method in METHODS:
        cells = [
            f"{task.name} ({load.workers})"
            for task in all_tasks()
            for load in LOADS
            if medians[task.name, load.workers, method] < medians[task.name, load.workers, default]
        ]
        if method != default:
            lines.append(f"- `{method}` is better on: {', '.join(cells) or 'no task'}.")
    return lines


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
