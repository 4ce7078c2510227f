"""The search space of a sweep: its parameters, in the order of their names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.sweeps.search.parameters import (
    CategoricalParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
    Scalar,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Assignment = dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Space:
    """The parameters of a sweep. Sorted by name, so that the order in a config changes nothing."""

    parameters: tuple[Parameter, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Mapping[str, object]]) -> Space:
        """Return the space of the `parameters` of a valid sweep config."""
        return cls(tuple(_parameter(name, config[name]) for name in sorted(config)))

    @property
    def dimensions(self) -> int:
        """The number of parameters."""
        return len(self.parameters)

    def at(self, units: Sequence[float]) -> Assignment:
        """Return the values at a place of the unit cube."""
        pairs = zip(self.parameters, units, strict=True)
        return {one.name: one.value_at(float(unit)) for one, unit in pairs}

    def units_of(self, assignment: Mapping[str, Scalar]) -> list[float]:
        """Return the place of some values in the unit cube.

        Raises:
            KeyError: if a parameter is missing.
            ValueError: if a value is not one of its parameter's.
        """
        return [one.unit_of(assignment[one.name]) for one in self.parameters]

    def grid_size(self) -> int:
        """Return the number of points of the grid; 0 if a parameter has no points."""
        return math.prod(one.grid_size for one in self.parameters)


def _parameter(name: str, config: Mapping[str, object]) -> Parameter:
    values = config.get("values")
    if isinstance(values, list) and config["type"] == "categorical":
        return CategoricalParameter(name, tuple(values))
    if isinstance(values, list):
        return CategoricalParameter(name, tuple(sorted(values)), is_ordered=True)
    minimum, maximum = str(config["minimum"]), str(config["maximum"])
    points = config.get("points")
    count = points if isinstance(points, int) else None
    is_log = config.get("scale") == "log"
    if config["type"] == "integer":
        low, high = int(float(minimum)), int(float(maximum))
        return IntegerParameter(name, low, high, is_log, count)
    return FloatParameter(name, float(minimum), float(maximum), is_log, count)
