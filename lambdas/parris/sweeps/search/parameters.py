"""The parameters of a sweep. Each maps the unit interval onto its values, for every search.

A float covers its range evenly, or evenly on a logarithmic scale. An integer is a rounded float of
a range that is half wider at both ends, so that every integer has its share. So does each of the
values of a list, which are ordered if they are numbers, and have no order if they are categories.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class FloatParameter:
    """A real number from minimum to maximum. A grid has `points` of them."""

    name: str
    minimum: float
    maximum: float
    is_log: bool = False
    points: int | None = None

    def value_at(self, unit: float) -> float:
        """Return the value at a place of the unit interval."""
        value = _between(self.minimum, self.maximum, unit, self.is_log)
        return min(max(value, self.minimum), self.maximum)

    def unit_of(self, value: Scalar) -> float:
        """Return the place of a value."""
        return _place(self.minimum, self.maximum, float(value), self.is_log)

    @property
    def grid_size(self) -> int:
        """The number of values that a grid has; 0 without `points`."""
        return self.points or 0

    def grid(self) -> tuple[Scalar, ...]:
        """Return the values that a grid has: evenly spaced, with both ends."""
        steps = max((self.points or 1) - 1, 1)
        places = [step / steps for step in range(self.points or 0)]
        return tuple(self.value_at(place) for place in places)


@dataclass(frozen=True, slots=True)
class IntegerParameter:
    """A whole number from minimum to maximum. A grid has `points` of them, or all."""

    name: str
    minimum: int
    maximum: int
    is_log: bool = False
    points: int | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The range whose rounded values are the parameter's."""
        return self.minimum - 0.5, self.maximum + 0.5

    def value_at(self, unit: float) -> int:
        """Return the value at a place of the unit interval."""
        value = math.floor(_between(*self.bounds, unit, self.is_log) + 0.5)
        return min(max(value, self.minimum), self.maximum)

    def unit_of(self, value: Scalar) -> float:
        """Return the place of a value."""
        return _place(*self.bounds, float(value), self.is_log)

    @property
    def grid_size(self) -> int:
        """The number of values that a grid has. A whole range can be too long to be listed."""
        return self._count if self._has_whole_range else len(self.grid())

    def grid(self) -> tuple[Scalar, ...]:
        """Return the values that a grid has: evenly spaced, with both ends, each once."""
        if self._has_whole_range or self.points is None:
            return tuple(range(self.minimum, self.maximum + 1))
        steps = max(self.points - 1, 1)
        places = [step / steps for step in range(self.points)]
        values = [_between(self.minimum, self.maximum, one, self.is_log) for one in places]
        return tuple(dict.fromkeys(math.floor(value + 0.5) for value in values))

    @property
    def _count(self) -> int:
        return self.maximum - self.minimum + 1

    @property
    def _has_whole_range(self) -> bool:
        return self.points is None or self.points >= self._count


@dataclass(frozen=True, slots=True)
class CategoricalParameter:
    """One of some values. `is_ordered` is true for numbers, which are in ascending order."""

    name: str
    values: tuple[Scalar, ...]
    is_ordered: bool = False

    def value_at(self, unit: float) -> Scalar:
        """Return the value at a place of the unit interval; each has an equal share of it."""
        return self.values[min(int(unit * len(self.values)), len(self.values) - 1)]

    def unit_of(self, value: Scalar) -> float:
        """Return the middle of a value's share.

        Raises:
            ValueError: if it is not one of the values.
        """
        # True is 1 for Python, and another value for a training.
        same = [_is_same(one, value) for one in self.values]
        return (same.index(True) + 0.5) / len(self.values)

    @property
    def grid_size(self) -> int:
        """The number of values."""
        return len(self.values)

    def grid(self) -> tuple[Scalar, ...]:
        """Return all values."""
        return self.values


Parameter = FloatParameter | IntegerParameter | CategoricalParameter


def _is_same(one: Scalar, other: Scalar) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _between(low: float, high: float, unit: float, is_log: bool) -> float:
    if is_log:
        return math.exp(math.log(low) + unit * (math.log(high) - math.log(low)))
    return low + unit * (high - low)


def _place(low: float, high: float, value: float, is_log: bool) -> float:
    if high == low:
        return 0.5
    if is_log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return min(max((value - low) / (high - low), 0.0), 1.0)
