"""A Gaussian process in NumPy: Matern 5/2 with a length scale for each parameter, and noise.

The length scales and the noise maximise the posterior density: the likelihood, whose best
amplitude is known in closed form, times priors that expect a smooth function and little noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.sweeps.search.arrays import Array


_STEPS = 50
_FEATURES = 400
# Of log length scales (plus half the log of the number of parameters, as distances grow with it)
# and of the logarithm of the noise's share of the variance: means and standard deviations.
_SCALE_PRIOR = (math.log(0.35), 1.0)
_NOISE_PRIOR = (-5.0, 2.0)
_LEAST_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class GaussianProcess:
    """A fitted process. `inputs` are divided by the length scales."""

    scales: Array
    inputs: Array
    values: Array
    factor: Array
    amplitude: float
    noise: float

    def draw(self, rng: np.random.Generator) -> Callable[[Array], Array]:
        """Return a function drawn from the posterior, which can be evaluated anywhere.

        The prior's draw is a sum of random Fourier features; the difference from what was observed
        is spread by the kernel (Wilson et al. 2020, "pathwise conditioning").
        """
        columns = self.inputs.shape[1]
        # The spectral density of Matern 5/2 is Student's t with 5 degrees of freedom.
        normal = rng.standard_normal((columns, _FEATURES))
        frequencies = normal / np.sqrt(rng.chisquare(5, _FEATURES) / 5)
        phases = rng.uniform(0, 2 * np.pi, _FEATURES)
        size = math.sqrt(2 * self.amplitude / _FEATURES)
        weights = size * rng.standard_normal(_FEATURES)

        def prior(inputs: Array) -> Array:
            return np.cos(inputs @ frequencies + phases) @ weights

        deviation = math.sqrt(self.amplitude * self.noise)
        seen = prior(self.inputs) + deviation * rng.standard_normal(len(self.values))
        update = _solve(self.factor, self.values - seen)

        def function(points: Array) -> Array:
            inputs = points / self.scales
            known = _matern(_squares(inputs, self.inputs)) @ update
            return np.asarray(prior(inputs) + known)

        return function

    def mean(self, points: Array) -> Array:
        """Return the expected values of the function at some points."""
        cross = _matern(_squares(points / self.scales, self.inputs))
        return cross @ _solve(self.factor, self.values)


def fit(points: Array, values: Array, parameter_of: Array) -> GaussianProcess:
    """Return the process that fits some values best, by resilient gradient descent (Rprop).

    Args:
        points: a row of columns for each value.
        values: standardised values.
        parameter_of: the parameter of each column; its columns share a length scale.
    """
    count = int(parameter_of[-1]) + 1
    squares = _squares_by_parameter(points, parameter_of, count)
    center = _SCALE_PRIOR[0] + 0.5 * math.log(count)
    place = np.append(np.full(count, center), _NOISE_PRIOR[0])
    prior = (place.copy(), np.append(np.full(count, _SCALE_PRIOR[1]), _NOISE_PRIOR[1]))
    best, best_loss = place, math.inf
    step, last = np.full(count + 1, 0.3), np.zeros(count + 1)
    for _ in range(_STEPS):
        loss, slope = _loss(squares, values, place, prior)
        if loss < best_loss:
            best, best_loss = place, loss
        turned = slope * last
        step = np.clip(
            np.where(turned > 0, step * 1.2, np.where(turned < 0, step * 0.5, step)), 1e-3, 1
        )
        last = np.where(turned < 0, 0, slope)
        place = place - step * np.sign(last)
    return _fitted(points, values, np.exp(best[:-1])[parameter_of], _noise(best))


def _fitted(points: Array, values: Array, scales: Array, noise: float) -> GaussianProcess:
    inputs = points / scales
    kernel = _matern(_squares(inputs, inputs)) + noise * np.eye(len(values))
    factor = np.linalg.cholesky(kernel)
    amplitude = float(values @ _solve(factor, values)) / len(values)
    return GaussianProcess(scales, inputs, values, factor, max(amplitude, 1e-9), noise)


def _loss(
    squares: Array, values: Array, place: Array, prior: tuple[Array, Array]
) -> tuple[float, Array]:
    """Return the negative logarithm of the posterior density, and its gradient."""
    size, noise = len(values), _noise(place)
    weights = np.exp(-2 * place[:-1])
    root = np.sqrt(5 * np.tensordot(weights, squares, 1))
    decay = np.exp(-root)
    factor = np.linalg.cholesky((1 + root + root**2 / 3) * decay + noise * np.eye(size))
    inverse_factor = np.linalg.inv(factor)
    inverse = inverse_factor.T @ inverse_factor
    alpha = inverse @ values
    amplitude = max(float(values @ alpha) / size, 1e-9)
    # What the loss changes by for a change of the kernel.
    outer = 0.5 * (inverse - np.outer(alpha, alpha) / amplitude)
    by_scale = 5 / 3 * weights * np.tensordot(squares, outer * (1 + root) * decay, 2)
    by_noise = (noise - _LEAST_NOISE) * np.trace(outer)
    off = (place - prior[0]) / prior[1]
    loss = 0.5 * size * math.log(amplitude) + np.log(np.diag(factor)).sum() + 0.5 * off @ off
    return float(loss), np.append(by_scale, by_noise) + off / prior[1]


def _noise(place: Array) -> float:
    return math.exp(min(float(place[-1]), 5.0)) + _LEAST_NOISE


def _squares_by_parameter(points: Array, parameter_of: Array, count: int) -> Array:
    """Return the squared distances between all points along each parameter."""
    groups = [points[:, parameter_of == at] for at in range(count)]
    return np.array([_squares(group, group) for group in groups])


def _squares(one: Array, other: Array) -> Array:
    """Return the squared distances between the rows of two tables."""
    lengths = (one**2).sum(1)[:, None] + (other**2).sum(1)[None, :]
    return np.asarray(np.maximum(lengths - 2 * one @ other.T, 0))


def _matern(squares: Array) -> Array:
    root = np.sqrt(5 * squares)
    return np.asarray((1 + root + root**2 / 3) * np.exp(-root))


def _solve(factor: Array, right: Array) -> Array:
    return np.linalg.solve(factor.T, np.linalg.solve(factor, right))
