"""Early stopping of trials by asynchronous successive halving (ASHA): the rule, and its rungs.

Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020
(https://arxiv.org/abs/1810.05934). Trials are compared at rungs, each after `reduction_factor`
times as many reports as the one before. A trial that reaches a rung goes on if it is among the best
`1 / reduction_factor` of those that have reached it so far; nobody waits for the others. The paper
pauses the rest, and may promote it later. Here the rest ends: a machine that pauses is billed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

DEFAULT_REDUCTION_FACTOR = 4
"""As in the paper's experiments."""
LARGEST_RUNG = 1_000_000_000
"""No training prints more values of a metric."""


def rungs_of(minimum_reports: int, reduction_factor: int) -> list[int]:
    """Return after how many reports of the goal metric trials are compared."""
    rungs = [minimum_reports]
    while (following := rungs[-1] * reduction_factor) <= LARGEST_RUNG:
        rungs.append(following)
    return rungs


def places_of(count: int, reduction_factor: int) -> int:
    """Return how many of the trials that have reached a rung go on; the first ones compete too."""
    return max(1, count // reduction_factor)


def goes_on(
    value: float, values: Collection[float], reduction_factor: int, *, is_maximized: bool
) -> bool:
    """Return whether a trial goes on from a rung. Of equal values, all go on or none.

    Args:
        value: of the goal metric that the trial has at the rung. One that is not finite is never
            good enough.
        values: of all trials that have reached the rung so far, its own included.
        reduction_factor: of so many trials one goes on.
        is_maximized: whether the largest value is the best.
    """
    if not math.isfinite(value):
        return False
    better = [
        one
        for one in values
        if math.isfinite(one) and (one > value if is_maximized else one < value)
    ]
    return len(better) < places_of(len(values), reduction_factor)
