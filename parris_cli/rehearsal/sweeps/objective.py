"""What a simulated trial takes and reaches, by its hyperparameters."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from parris.sweeps.search.space import Space

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from parris.payloads import Payload
    from parris.sweeps.search.parameters import Scalar

DEFAULT_NOISE = 0.02
_VALLEYS, _DEPTH = 3.0, 0.1


class ObjectiveKind(StrEnum):
    """The functions that a rehearsal has; 0 is their least value, without noise."""

    BOWL = "bowl"
    VALLEYS = "valleys"
    FLAT = "flat"


OBJECTIVE_WORDS = {
    ObjectiveKind.BOWL: "the squared distance from the best values, which the seed chooses",
    ObjectiveKind.VALLEYS: "the same with many local valleys",
    ObjectiveKind.FLAT: "no hyperparameter matters: only noise",
}


@dataclass(frozen=True, slots=True)
class TrialRun:
    """What the script of one run does: how long it takes, its exit code and its goal metric."""

    takes_seconds: float
    exit_code: int
    value: float


@dataclass(frozen=True, slots=True)
class Objective:
    """A simulated objective. What a run draws depends on the seed and the run's name alone.

    Values are to be minimised; with `is_maximized` their negatives are to be maximised.
    """

    kind: ObjectiveKind
    space: Space
    shortest: timedelta
    longest: timedelta
    noise: float
    failing_share: float
    seed: int
    is_maximized: bool = False

    def run_of(self, name: str, hyperparameters: Payload) -> TrialRun:
        """Return what a run does.

        Args:
            name: of the run's job.
            hyperparameters: those of the trial, and others.
        """
        chance = random.Random(f"{self.seed}/{name}")
        is_failing = chance.random() < self.failing_share
        takes_seconds = chance.uniform(self.shortest.total_seconds(), self.longest.total_seconds())
        value = self._value(self._units(hyperparameters)) + chance.gauss(0.0, self.noise)
        return TrialRun(
            takes_seconds=float(round(takes_seconds)),
            exit_code=1 if is_failing else 0,
            value=round(-value if self.is_maximized else value, 6),
        )

    def _units(self, hyperparameters: Payload) -> list[float]:
        chosen = {one.name: hyperparameters[one.name] for one in self.space.parameters}
        return self.space.units_of(cast("Mapping[str, Scalar]", chosen))

    def _value(self, units: Sequence[float]) -> float:
        if self.kind is ObjectiveKind.FLAT or not units:
            return 0.0
        chance = random.Random(self.seed)
        distances = [unit - chance.uniform(0.1, 0.9) for unit in units]
        bowl = sum(distance**2 for distance in distances) / len(distances)
        if self.kind is ObjectiveKind.BOWL:
            return bowl
        waves = [1 - math.cos(2 * math.pi * _VALLEYS * distance) for distance in distances]
        return bowl + _DEPTH * sum(waves) / len(waves)


def space_of(parameters: Payload, listed: Sequence[Payload]) -> Space:
    """Return the space of a sweep: that of its parameters, or the values that its list has.

    A hyperparameter that not every trial of the list has is left out: nothing depends on it.
    """
    described: dict[str, object] = dict(parameters)
    names = set.intersection(*(set(one) for one in listed)) if listed else set()
    for name in names:
        values = list(dict.fromkeys(_hashable(one[name]) for one in listed))
        are_numbers = all(isinstance(one, int | float) for one in values)
        kind = "float" if are_numbers else "categorical"
        described[name] = {"type": kind, "values": values}
    return Space.from_config(cast("Mapping[str, Mapping[str, object]]", described))


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)
