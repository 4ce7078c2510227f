"""Makes the search of a sweep by its method's name.

NumPy and Optuna are imported for the methods that need them, and only the search function has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.sweeps.search.grid import GridSearch
from parris.sweeps.search.random_search import RandomSearch

if TYPE_CHECKING:
    from parris.sweeps.search.search import Search
    from parris.sweeps.search.space import Space


def new_search(method: str, space: Space, seed: int, number: int) -> Search:
    """Return the search that suggests the parameters of one trial.

    Args:
        method: grid, random, thompson or tpe, as in a sweep config.
        space: the sweep's parameters.
        seed: of the sweep.
        number: of the trial, from 0; trials that run at the same time have different ones.

    Raises:
        ValueError: if the method suggests no parameters.
    """
    match method:
        case "grid":
            return GridSearch(space, number)
        case "random":
            return RandomSearch(space, seed, number)
        case "thompson":
            from parris.sweeps.search.thompson import ThompsonSampling

            return ThompsonSampling(space, seed, number)
        case "tpe":
            from parris.sweeps.search.tpe import TreeParzen

            return TreeParzen(space, seed, number)
        case _:
            raise ValueError(f"{method} suggests no parameters")
