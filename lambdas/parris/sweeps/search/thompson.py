"""Thompson sampling: each trial minimises its own draw of what the function could be.

Trials that run at the same time draw different functions, so they need no other treatment
(Kandasamy et al. 2018, "Parallelised Bayesian optimisation via Thompson sampling").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parris.sweeps.search.encoding import Encoding
from parris.sweeps.search.gaussian_process import fit
from parris.sweeps.search.observation import Observation
from parris.sweeps.search.warping import standardise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from parris.sweeps.search.arrays import Array
    from parris.sweeps.search.parameters import Scalar
    from parris.sweeps.search.space import Assignment, Space

# A fit takes time with the cube of the observations. Of more than these, half are the best ones
# and half the latest of the others.
MOST_FITTED = 300
_ELITES = 6
_GLOBAL = 200
_NEARBY = 60
# How far from a good place others are tried, in widths of the parameters' ranges.
_SCALES = (0.3, 0.1, 0.03, 0.01)


class ThompsonSampling:
    """Suggests the best place of a function drawn from a Gaussian process."""

    def __init__(self, space: Space, seed: int, number: int) -> None:
        self._space = space
        self._encoding = Encoding(space)
        self._seed = seed
        self._number = number
        self._observed: list[Observation] = []

    def report(self, parameters: Mapping[str, Scalar], value: float | None) -> None:
        """Learn what a trial has reached."""
        self._observed.append(Observation(parameters, value))

    def restore(self, observations: Iterable[Observation]) -> None:
        """Learn everything that has been reported."""
        self._observed.extend(observations)

    def suggest(self, pending: Sequence[Mapping[str, Scalar]]) -> Assignment:
        """Return the parameters of the trial: none that another trial has, if there are others."""
        values = [one.finite_value for one in self._observed]
        finite = sum(value is not None for value in values)
        design = self._space.dimensions + 3
        if finite < design:
            return self._space.at(self._spread(design).tolist())
        units = np.array([self._space.units_of(one.parameters) for one in self._observed])
        kept, standard = most_telling(standardise(values))
        taken = [*units, *(np.array(self._space.units_of(one)) for one in pending)]
        rng = np.random.default_rng([self._seed, self._number])
        process = fit(self._encoding.encode(units[kept]), standard, self._encoding.parameter_of)
        drawn = process.draw(rng)
        expected = process.mean(self._encoding.encode(units))
        elites = units[np.argsort(expected, kind="stable")[:_ELITES]]
        return self._space.at(self._minimise(drawn, elites, np.array(taken), rng).tolist())

    def _spread(self, design: int) -> Array:
        """Return the trial's place in a Latin hypercube, of which each `design` trials make one."""
        block, place = divmod(self._number, design)
        rng = np.random.default_rng([self._seed, block, 1])
        columns = [rng.permutation(design)[place] for _ in self._space.parameters]
        within = rng.random((design, self._space.dimensions))[place]
        return np.asarray((np.array(columns) + within) / design)

    def _minimise(
        self,
        function: Callable[[Array], Array],
        elites: Array,
        taken: Array,
        rng: np.random.Generator,
    ) -> Array:
        """Return the best free place that a search finds from everywhere and from some places."""
        places = np.vstack([rng.random((_GLOBAL, self._space.dimensions)), elites])
        places = np.vstack([places, *(_near(elites, scale, rng) for scale in _SCALES[:-1])])
        results = self._results(function, places, taken)
        for scale in _SCALES[1:]:
            best = places[np.argsort(results, kind="stable")[:_ELITES]]
            nearby = _near(best, scale, rng)
            places = np.vstack([places, nearby])
            results = np.append(results, self._results(function, nearby, taken))
        return np.asarray(places[int(np.argmin(results))])

    def _results(self, function: Callable[[Array], Array], places: Array, taken: Array) -> Array:
        """Return the function's values; what is taken comes after everything else."""
        columns = self._encoding.encode(places)
        others = {row.tobytes() for row in np.round(self._encoding.encode(taken), 9)}
        is_taken = [row.tobytes() in others for row in np.round(columns, 9)]
        return function(columns) + np.where(is_taken, 1e6, 0)


def most_telling(values: Array) -> tuple[Array, Array]:
    """Return which observations are fitted, and their values: the best and the latest."""
    if len(values) <= MOST_FITTED:
        return np.arange(len(values)), values
    best = np.argsort(values, kind="stable")[: MOST_FITTED // 2]
    rest = np.setdiff1d(np.arange(len(values)), best)[-(MOST_FITTED - MOST_FITTED // 2) :]
    kept = np.sort(np.append(best, rest))
    return kept, values[kept]


def _near(places: Array, scale: float, rng: np.random.Generator) -> Array:
    """Return places beside others: a few of the parameters are changed."""
    repeated = np.repeat(places, _NEARBY // _ELITES * 2, axis=0)
    chance = min(1.0, max(0.3, 2 / places.shape[1]))
    moved = rng.random(repeated.shape) < chance
    # A category is reached by a jump only.
    jumps = rng.random(repeated.shape) < 0.1
    changed = np.where(
        jumps, rng.random(repeated.shape), repeated + scale * rng.standard_normal(repeated.shape)
    )
    return np.clip(np.where(moved, changed, repeated), 0, 1)
