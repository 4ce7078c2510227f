"""The tree-structured Parzen estimator of Optuna, whose study is made anew from the trials."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

from parris.sweeps.search.observation import Observation
from parris.sweeps.search.parameters import CategoricalParameter, FloatParameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from optuna.distributions import BaseDistribution

    from parris.sweeps.search.parameters import Parameter, Scalar
    from parris.sweeps.search.space import Assignment, Space


class TreeParzen:
    """Suggests what Optuna's TPESampler suggests."""

    def __init__(self, space: Space, seed: int, number: int) -> None:
        self._space = space
        self._distributions = {one.name: _distribution(one) for one in space.parameters}
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
        sampler = optuna.samplers.TPESampler(seed=int.from_bytes(digest[:4], "big"))
        self._study = optuna.create_study(sampler=sampler)
        self._worst: float | None = None
        self._failed: list[Mapping[str, Scalar]] = []

    def report(self, parameters: Mapping[str, Scalar], value: float | None) -> None:
        """Learn what a trial has reached."""
        self.restore([Observation(parameters, value)])

    def restore(self, observations: Iterable[Observation]) -> None:
        """Learn everything that has been reported."""
        for one in observations:
            value = one.finite_value
            if value is None:
                self._failed.append(one.parameters)
                continue
            self._worst = value if self._worst is None else max(self._worst, value)
            self._add(one.parameters, TrialState.COMPLETE, value)

    def suggest(self, pending: Sequence[Mapping[str, Scalar]]) -> Assignment:
        """Return the parameters of the trial."""
        # Optuna ignores failed trials, and would suggest the like again.
        for parameters in self._failed if self._worst is not None else []:
            self._add(parameters, TrialState.COMPLETE, self._worst)
        self._failed = []
        for parameters in pending:
            self._add(parameters, TrialState.RUNNING, None)
        chosen = self._study.ask(self._distributions).params
        return {one.name: _value(one, chosen[one.name]) for one in self._space.parameters}

    def _add(
        self, parameters: Mapping[str, Scalar], state: TrialState, value: float | None
    ) -> None:
        inner = {one.name: _inner(one, parameters[one.name]) for one in self._space.parameters}
        self._study.add_trial(
            create_trial(params=inner, distributions=self._distributions, state=state, value=value)
        )


def _distribution(parameter: Parameter) -> BaseDistribution:
    if isinstance(parameter, CategoricalParameter):
        last = len(parameter.values) - 1
        if parameter.is_ordered:
            return IntDistribution(0, last)
        return CategoricalDistribution(list(range(last + 1)))
    if isinstance(parameter, FloatParameter):
        return FloatDistribution(parameter.minimum, parameter.maximum, log=parameter.is_log)
    return IntDistribution(parameter.minimum, parameter.maximum, log=parameter.is_log)


def _inner(parameter: Parameter, value: Scalar) -> Scalar:
    """Return a value as Optuna has it: the values of a list by their place in it."""
    if isinstance(parameter, CategoricalParameter):
        return int(parameter.unit_of(value) * len(parameter.values))
    return value


def _value(parameter: Parameter, inner: Scalar) -> Scalar:
    if isinstance(parameter, CategoricalParameter):
        return parameter.values[int(inner)]
    return inner
