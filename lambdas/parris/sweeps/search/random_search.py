"""Random search: trial number n has the n-th draw from the whole space."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from parris.sweeps.search.search import Unlearning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.sweeps.search.parameters import Scalar
    from parris.sweeps.search.space import Assignment, Space


class RandomSearch(Unlearning):
    """Suggests a random point for each trial."""

    def __init__(self, space: Space, seed: int, number: int) -> None:
        self._space = space
        # A text as seed is hashed the same way on every machine and Python.
        self._random = random.Random(f"{seed}/{number}")

    def suggest(self, pending: Sequence[Mapping[str, Scalar]]) -> Assignment:
        """Return the draw of the trial's number."""
        return self._space.at([self._random.random() for _ in self._space.parameters])
