"""Places of the unit cube as the Gaussian process sees them: the columns between which it measures.

Places with the same values have the same columns, so that the process does not model differences
within a rounded integer (Garrido-Merchan and Hernandez-Lobato 2020). A category has a column for
each of its values, scaled such that two categories are as far apart as the ends of a range.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from parris.sweeps.search.parameters import CategoricalParameter, FloatParameter, IntegerParameter

if TYPE_CHECKING:
    from parris.sweeps.search.arrays import Array
    from parris.sweeps.search.parameters import Parameter
    from parris.sweeps.search.space import Space


class Encoding:
    """The columns of a space. `parameter_of` has the number of the parameter of each column."""

    def __init__(self, space: Space) -> None:
        self._parameters = space.parameters
        widths = [_width(one) for one in space.parameters]
        self.parameter_of = np.repeat(np.arange(space.dimensions), widths)

    def encode(self, units: Array) -> Array:
        """Return the columns of places; one row for each."""
        blocks = [_columns(one, units[:, at]) for at, one in enumerate(self._parameters)]
        return np.hstack(blocks)


def _width(parameter: Parameter) -> int:
    if isinstance(parameter, CategoricalParameter) and not parameter.is_ordered:
        return len(parameter.values)
    return 1


def _columns(parameter: Parameter, units: Array) -> Array:
    if isinstance(parameter, FloatParameter):
        return units[:, None]
    if isinstance(parameter, IntegerParameter):
        return _rounded(parameter, units)[:, None]
    count = len(parameter.values)
    chosen = np.minimum((units * count).astype(int), count - 1)
    if parameter.is_ordered:
        return np.asarray((chosen + 0.5) / count)[:, None]
    columns = np.zeros((len(units), count))
    columns[np.arange(len(units)), chosen] = 1 / math.sqrt(2)
    return columns


def _rounded(parameter: IntegerParameter, units: Array) -> Array:
    low, high = parameter.bounds
    if not parameter.is_log:
        values = np.floor(low + units * (high - low) + 0.5)
        values = np.clip(values, parameter.minimum, parameter.maximum)
        return np.asarray((values - low) / (high - low))
    log_low, log_high = math.log(low), math.log(high)
    values = np.floor(np.exp(log_low + units * (log_high - log_low)) + 0.5)
    values = np.clip(values, parameter.minimum, parameter.maximum)
    return np.asarray((np.log(values) - log_low) / (log_high - log_low))
