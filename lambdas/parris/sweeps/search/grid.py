"""Grid search: trial number n has the n-th combination, the last parameter varying fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.sweeps.search.search import Unlearning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.sweeps.search.parameters import Scalar
    from parris.sweeps.search.space import Assignment, Space


class GridSearch(Unlearning):
    """Suggests each combination once."""

    def __init__(self, space: Space, number: int) -> None:
        self._space = space
        self._number = number

    def suggest(self, pending: Sequence[Mapping[str, Scalar]]) -> Assignment:
        """Return the combination of the trial's number.

        Raises:
            IndexError: if the grid has fewer combinations.
        """
        rest = self._number
        chosen: Assignment = {}
        for parameter in reversed(self._space.parameters):
            values = parameter.grid()
            rest, place = divmod(rest, len(values))
            chosen[parameter.name] = values[place]
        if rest:
            size = self._space.grid_size()
            raise IndexError(f"the grid has {size} combinations, trial {self._number} is none")
        return dict(sorted(chosen.items()))
