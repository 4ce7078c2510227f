"""The interface of every search. Nothing is kept in memory between two trials.

A search is made anew for each trial from the trials' items. So a suggestion depends on the sweep's
seed, the trial's number and what has been reported, and a retry with the same items repeats it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parris.sweeps.search.observation import Observation
    from parris.sweeps.search.parameters import Scalar
    from parris.sweeps.search.space import Assignment


class Search(Protocol):
    """Chooses the parameters of one trial. Values are minimised."""

    def suggest(self, pending: Sequence[Mapping[str, Scalar]]) -> Assignment:
        """Return the parameters of the trial.

        Args:
            pending: the parameters of the trials that run at the same time.
        """

    def report(self, parameters: Mapping[str, Scalar], value: float | None) -> None:
        """Learn what a trial has reached; None if its training failed."""

    def restore(self, observations: Iterable[Observation]) -> None:
        """Learn everything that has been reported, in the order of the trials."""


class Unlearning:
    """The part of a search that learns nothing: grid and random."""

    def report(self, parameters: Mapping[str, Scalar], value: float | None) -> None:
        """Ignore the value."""

    def restore(self, observations: Iterable[Observation]) -> None:
        """Ignore the values."""
