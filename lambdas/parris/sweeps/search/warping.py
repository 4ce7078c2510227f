"""Values as a Gaussian process can model them: a few huge ones do not flatten the others.

Values better than the median keep their distances. Worse ones keep only their order: they are
replaced by the quantiles of a normal distribution (as in Vizier, Song et al. 2024). A trial without
a value is as bad as the worst.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.sweeps.search.arrays import Array


def standardise(values: Sequence[float | None]) -> Array:
    """Return the values to be minimised, warped, with mean 0 and standard deviation 1.

    Args:
        values: in the order of the observations; at least one is not None.
    """
    finite = np.array([value for value in values if value is not None])
    worst = finite.max()
    raw = np.array([worst if value is None else value for value in values], dtype=np.float64)
    # So that squares of differences are finite.
    raw = np.clip(raw, -1e100, 1e100)
    warped = _warp(raw)
    return np.asarray((warped - warped.mean()) / (warped.std() or 1.0))


def _warp(values: Array) -> Array:
    median = float(np.median(values))
    worse = values > median
    # The standard deviation of a normal distribution that has the better half.
    spread = float(np.sqrt(np.mean((values[~worse] - median) ** 2)))
    if spread == 0 or not worse.any():
        return values
    ranks = np.searchsorted(np.sort(values), values)
    shares = (ranks + 0.5) / len(values)
    quantiles = np.array([NormalDist().inv_cdf(float(share)) for share in shares[worse]])
    warped = values.copy()
    warped[worse] = median + spread * np.maximum(quantiles, 0)
    return warped
