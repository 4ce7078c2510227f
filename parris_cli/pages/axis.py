"""Axes of charts: where a value is drawn, and which values are labelled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_TICKS = 6
_FEWEST_POWERS = 3
_STEPS = (1.0, 2.0, 5.0, 10.0)
_WIDE_RANGE = 100.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled value of an axis. `at` is in the units of the drawing."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values on a range of the drawing, from `start` to `end` in its units."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Return where a value is drawn. One outside of the range is drawn at its end."""
        inside = min(max(value, self.low), self.high)
        if self.is_log:
            low, high, inside = (math.log(number) for number in (self.low, self.high, inside))
        else:
            low, high = self.low, self.high
        share = (inside - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 2)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Return at most six labelled values."""
        values = _log_values(self.low, self.high) if self.is_log else _values(self.low, self.high)
        return tuple(Tick(self.at(value), number_label(value)) for value in values)


def value_axis(values: Iterable[float], start: float, end: float, *, is_log: bool = False) -> Axis:
    """Return an axis for values. Without any it goes from 0 to 1.

    Args:
        values: what is drawn.
        start: where the least value is drawn.
        end: where the largest value is drawn.
        is_log: whether the scale is logarithmic, if all values are positive.
    """
    found = sorted(values)
    if not found:
        return Axis(0.0, 1.0, start, end)
    return Axis(found[0], found[-1], start, end, is_log and found[0] > 0)


def has_wide_range(values: Sequence[float]) -> bool:
    """Return whether values are better drawn on a logarithmic scale."""
    return bool(values) and min(values) > 0 and max(values) / min(values) >= _WIDE_RANGE


def number_label(value: float) -> str:
    """Return a number with four digits at most."""
    return f"{value:.4g}"


def _values(low: float, high: float) -> list[float]:
    if high <= low:
        return [low]
    raw = (high - low) / (_MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in _STEPS if factor * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _log_values(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**power for power in range(first, last + 1)]
    if len(powers) < _FEWEST_POWERS:
        return sorted({low, *powers, high})
    return powers[:: math.ceil(len(powers) / _MOST_TICKS)]
