"""The functions of the comparison, to be minimised."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.sweeps.search.parameters import Scalar

CAMEL_BEST = -1.0316284534898774
HARTMANN3_BEST = -3.862782147820755
# The lowest values that a dense search of all parameters finds.
TRAINING_BEST = 0.1
CATEGORIES_BEST = 0.0

_H3_SCALES = ((3, 10, 30), (0.1, 10, 35), (3, 10, 30), (0.1, 10, 35))
_H3_CENTERS = (
    (0.3689, 0.1170, 0.2673),
    (0.4699, 0.4387, 0.7470),
    (0.1091, 0.8732, 0.5547),
    (0.03815, 0.5743, 0.8828),
)
_H3_WEIGHTS = (1.0, 1.2, 3.0, 3.2)
_STYBLINSKI_BEST = -39.16616570377142


def camel(units: list[float]) -> float:
    """Return the six-hump camel function; two global minima, four other ones."""
    x, y = 6 * units[0] - 3, 4 * units[1] - 2
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def hartmann3(units: list[float]) -> float:
    """Return Hartmann's function of three dimensions."""
    total = 0.0
    for weight, scales, centers in zip(_H3_WEIGHTS, _H3_SCALES, _H3_CENTERS, strict=True):
        parts = zip(scales, units, centers, strict=True)
        total -= weight * math.exp(-sum(scale * (u - center) ** 2 for scale, u, center in parts))
    return total


def levy(units: list[float]) -> float:
    """Return Levy's function on [-10, 8], so that its minimum is not in the middle."""
    w = [1 + (18 * unit - 11) / 4 for unit in units]
    middle = sum((a - 1) ** 2 * (1 + 10 * math.sin(math.pi * a + 1) ** 2) for a in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + middle + last


def rastrigin(units: list[float]) -> float:
    """Return Rastrigin's function on [-4, 6]."""
    return sum((x := 10 * unit - 4) ** 2 - 10 * math.cos(2 * math.pi * x) + 10 for unit in units)


def styblinski_tang(units: list[float]) -> float:
    """Return the function of Styblinski and Tang, raised such that its minimum is 0."""
    xs = [10 * unit - 5 for unit in units]
    return float(sum((x**4 - 16 * x**2 + 5 * x) / 2 - _STYBLINSKI_BEST for x in xs))


def ellipsoid(units: list[float]) -> float:
    """Return a rotated ellipsoid whose axes differ by a factor of 30."""
    count = len(units)
    center = [0.25 + 0.5 * ((7 * at) % count) / count for at in range(count)]
    off = [unit - middle for unit, middle in zip(units, center, strict=True)]
    # A Householder reflection along a fixed direction.
    direction = [random.Random(f"ellipsoid/{at}").gauss(0, 1) for at in range(count)]
    length = sum(one**2 for one in direction)
    along = 2 * sum(a * b for a, b in zip(off, direction, strict=True)) / length
    turned = [one - along * part for one, part in zip(off, direction, strict=True)]
    weights = [30.0 ** (-at / (count - 1)) for at in range(count)]
    return float(sum(weight * one**2 for weight, one in zip(weights, turned, strict=True)))


def training(assignment: Mapping[str, Scalar]) -> float | None:
    """Return the loss of an imagined training; None where it diverges."""
    rate = math.log10(float(assignment["learning-rate"]))
    batch = math.log2(float(assignment["batch"]))
    decay = math.log10(float(assignment["decay"]))
    layers = int(assignment["layers"])
    # The best rate grows with the batch, falls with the depth, and depends on the optimiser.
    best_rate, floor, breaks = {
        "adam": (-3.0, 0.04, 1.5),
        "sgd": (-1.0, 0.10, 0.8),
        "sgd-momentum": (-2.0, 0.0, 1.2),
    }[str(assignment["optimiser"])]
    off = rate - (best_rate + 0.12 * (batch - 6) - 0.08 * (layers - 4))
    if off > breaks:
        return None
    curve = 0.35 * off**2 if off < 0 else 0.6 * off**2
    size = 0.03 * abs(layers - 5) + 0.004 * (batch - 6) ** 2
    return 0.1 + floor + curve + size + 0.03 * (decay + 3.5 + 0.3 * (layers - 5)) ** 2


def categories(assignment: Mapping[str, Scalar]) -> float:
    """Return a loss that depends on what goes together."""
    activation = {"relu": 0.3, "gelu": 0.0, "tanh": 0.8, "elu": 0.5, "silu": 0.1}
    scheduler = {"cosine": 0.0, "step": 0.25, "plateau": 0.2, "constant": 0.6}
    loss = {"l1": 0.4, "l2": 0.15, "huber": 0.0}
    names = str(assignment["activation"]), str(assignment["scheduler"])
    depth, patience = int(assignment["depth"]), int(assignment["patience"])
    width = math.log2(float(assignment["width"]))
    # Deep networks need normalisation; tanh does not mind.
    deep = 0.0 if assignment["norm"] else 0.15 * max(depth - 3, 0) * (names[0] != "tanh")
    best_depth = 7 if assignment["norm"] else 3
    plateau = 0.1 * (abs(patience - 20) // 5) * (names[1] == "plateau")
    return (
        activation[names[0]] + scheduler[names[1]] + loss[str(assignment["loss"])] + deep + plateau
        + 0.05 * abs(depth - best_depth) + 0.12 * abs(width - 8)
        + (0.0 if assignment["norm"] else 0.2)
    )  # fmt: skip
