"""What runs have cost, by job, name, person, target, week or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from parris_cli.formatting import duration, usd
from parris_cli.terminal.style import Span, Style
from parris_cli.terminal.table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from parris.payloads import Payload
    from parris_cli.runs.run import Run

_UNKNOWN = "unknown"
_NUMBERS = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a group of runs has cost. `unpriced` is how many of them have no known cost."""

    group: str
    runs: int
    runtime_seconds: int
    usd: Decimal
    unpriced: int

    def to_json(self) -> Payload:
        """Return it for programs."""
        return {
            "group": self.group,
            "runs": self.runs,
            "runtime_seconds": self.runtime_seconds,
            "estimated_cost_usd": f"{self.usd:f}",
            "runs_without_cost": self.unpriced,
        }


def _week(run: Run) -> str:
    if run.submitted_at is None:
        return _UNKNOWN
    day = run.submitted_at.astimezone().date()
    return f"{day - timedelta(days=day.weekday())}"


def _month(run: Run) -> str:
    return _UNKNOWN if run.submitted_at is None else f"{run.submitted_at.astimezone():%Y-%m}"


GROUPS: dict[str, Callable[[Run], str]] = {
    "name": lambda run: run.name,
    "job": lambda run: run.job_id,
    "who": lambda run: run.owner,
    "week": _week,
    "month": _month,
    "target": lambda run: run.target or _UNKNOWN,
}
"""By what runs can be grouped; a week is named by its Monday, where the person is."""

_BY_TIME = ("week", "month")


def costs_by(group: str, runs: Iterable[Run]) -> list[Cost]:
    """Return the cost of each group: the dearest first, or the latest."""
    members: dict[str, list[Run]] = {}
    for run in runs:
        members.setdefault(GROUPS[group](run), []).append(run)
    costs = [cost_of(name, found) for name, found in members.items()]
    if group in _BY_TIME:
        return sorted(costs, key=lambda cost: cost.group, reverse=True)
    return sorted(costs, key=lambda cost: (-cost.usd, cost.group))


def cost_of(group: str, runs: list[Run]) -> Cost:
    """Return what some runs have cost."""
    return Cost(
        group,
        len(runs),
        sum(run.runtime_seconds or 0 for run in runs),
        sum((run.cost_usd for run in runs if run.cost_usd is not None), Decimal(0)),
        # A run that was never launched has cost nothing.
        sum(run.cost_usd is None and bool(run.runtime_seconds) for run in runs),
    )


def cost_lines(group: str, costs: list[Cost], total: Cost) -> list[tuple[Span, ...]]:
    """Return a table of the groups, and their sum."""
    head = [Span(title, Style.BOLD) for title in (group, "runs", "time", "USD")]
    rows = [_cells(cost, Style.PLAIN) for cost in costs]
    lines = aligned([head, *rows, _cells(total, Style.BOLD)], _NUMBERS)
    note = "estimates from list prices; discounts, data transfer and storage are not in them"
    lines.append((Span(note, Style.DIM),))
    if total.unpriced:
        text = f"{total.unpriced} without a known price, not in the sum"
        lines.append((Span(text, Style.WARNING),))
    return lines


def _cells(cost: Cost, style: Style) -> list[Span]:
    cells = (cost.group, str(cost.runs), duration(cost.runtime_seconds), usd(cost.usd))
    return [Span(cell, style) for cell in cells]
