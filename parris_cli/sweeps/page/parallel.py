"""Parallel coordinates: an axis for each hyperparameter and the goal, a line for each trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.pages.axis import Axis, Tick, number_label, value_axis
from parris_cli.pages.charts import WIDE, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.payloads import Json
    from parris_cli.sweeps.view import SweepView, TrialView

_LEFT, _RIGHT = 90.0, WIDE.width - 40.0
_TOP, _BOTTOM = WIDE.top + 24, WIDE.bottom
_FAINTEST = 0.15
_LONGEST_LABEL = 14


@dataclass(frozen=True, slots=True)
class ParallelAxis:
    """A vertical axis. `is_goal` marks that of the goal metric."""

    name: str
    x: float
    ticks: tuple[Tick, ...]
    is_goal: bool = False


@dataclass(frozen=True, slots=True)
class ParallelChart:
    """The axes from left to right, and the lines; the best trial's is the last, so on top."""

    axes: tuple[ParallelAxis, ...]
    lines: tuple[Line, ...]
    top: float = _TOP
    bottom: float = _BOTTOM


def parallel_chart(sweep: SweepView) -> ParallelChart | None:
    """Return the chart, or None if no trial has both hyperparameters and a value."""
    trials = [trial for trial in sweep.ranked if trial.value is not None and trial.parameters]
    names = sweep.parameter_names
    if not trials or not names or sweep.metric is None:
        return None
    xs = [_LEFT + place * (_RIGHT - _LEFT) / len(names) for place in range(len(names) + 1)]
    scales = [_scale(sweep, name, trials) for name in names]
    goal = value_axis((trial.value for trial in trials if trial.value is not None), _BOTTOM, _TOP)
    axes = [
        ParallelAxis(name, round(x, 2), scale.ticks)
        for name, x, scale in zip(names, xs, scales, strict=False)
    ]
    axes.append(ParallelAxis(sweep.metric, xs[-1], goal.ticks, is_goal=True))
    lines = []
    for place, trial in enumerate(trials):
        points = [
            (round(x, 2), scale.at(trial.parameters[name]))
            for name, x, scale in zip(names, xs, scales, strict=False)
            if name in trial.parameters
        ]
        value = trial.value if trial.value is not None else goal.low
        points.append((round(xs[-1], 2), goal.at(value)))
        share = place / max(1, len(trials) - 1)
        lines.append(
            Line(
                tuple(points),
                "best" if place == 0 else "trial",
                f"trial {trial.number}: {sweep.metric} {number_label(value)}",
                round(_FAINTEST + (1 - _FAINTEST) * (1 - share) ** 2, 3),
            )
        )
    return ParallelChart(tuple(axes), tuple(reversed(lines)))


@dataclass(frozen=True, slots=True)
class _Categories:
    """An axis of values without an order."""

    places: dict[str, float]

    def at(self, value: Json) -> float:
        return self.places[_key(value)]

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(place, _short(name)) for name, place in self.places.items())


@dataclass(frozen=True, slots=True)
class _Numbers:
    """An axis of numbers."""

    axis: Axis

    def at(self, value: Json) -> float:
        return self.axis.at(_as_number(value))

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return self.axis.ticks


def _scale(sweep: SweepView, name: str, trials: Iterable[TrialView]) -> _Categories | _Numbers:
    values = [trial.parameters[name] for trial in trials if name in trial.parameters]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        numbers = [_as_number(value) for value in values]
        return _Numbers(value_axis(numbers, _BOTTOM, _TOP, is_log=sweep.is_log(name)))
    keys = sorted({_key(value) for value in values})
    spread = Axis(0.0, float(max(1, len(keys) - 1)), _BOTTOM, _TOP)
    return _Categories({key: spread.at(float(place)) for place, key in enumerate(keys)})


def _as_number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _key(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
