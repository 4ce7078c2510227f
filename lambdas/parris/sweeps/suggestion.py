"""The hyperparameters of the next trial, from what the trials of its sweep have reached so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from parris.reasons import EndReason
from parris.sweeps.search.observation import Observation
from parris.sweeps.search.searches import new_search
from parris.sweeps.search.space import Space
from parris.sweeps.trial import TrialStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parris.payloads import Payload
    from parris.sweeps.config import SweepConfig
    from parris.sweeps.search.parameters import Scalar
    from parris.sweeps.trial import Trial

# A trial that ended so, and failed or has no value, counts as a bad one, whatever it has printed.
# Whatever else ends a trial says nothing about its hyperparameters.
_SCRIPTS_OWN_ENDS = frozenset(
    {
        EndReason.COMPLETED,
        EndReason.SCRIPT_FAILED,
        EndReason.STOPPED_EARLY,
        EndReason.NO_IMPROVEMENT,
    }
)


def suggest_parameters(config: SweepConfig, number: int, trials: Sequence[Trial]) -> Payload:
    """Return the hyperparameters of a trial; those that it has already, if it has some.

    Args:
        config: the sweep's config, with a method that suggests and a goal.
        number: of the trial.
        trials: all trials of the sweep that have begun, by their numbers.
    """
    mine = [one.parameters for one in trials if one.number == number and one.parameters]
    if mine:
        return mine[0]
    space = Space.from_config(cast("Mapping[str, Mapping[str, object]]", config.parameters))
    search = new_search(config.method, space, config.seed, number)
    is_maximized = config.goal is not None and config.goal.is_maximized
    search.restore(observations(trials, is_maximized=is_maximized))
    pending = [_scalars(one.parameters) for one in trials if one.parameters and not one.is_over]
    return cast("Payload", dict(search.suggest(pending)))


def observations(trials: Iterable[Trial], *, is_maximized: bool) -> list[Observation]:
    """Return what a search learns from, to be minimised."""
    found = []
    for one in trials:
        if one.parameters and one.is_over:
            if one.status is TrialStatus.SUCCEEDED and one.value is not None:
                value = -one.value if is_maximized else one.value
                found.append(Observation(_scalars(one.parameters), value))
            elif one.reason in _SCRIPTS_OWN_ENDS:
                found.append(Observation(_scalars(one.parameters), None))
    return found


def _scalars(parameters: Payload) -> Mapping[str, Scalar]:
    return cast("Mapping[str, Scalar]", parameters)
