"""The trials of a sweep, as the map state reads them, and the training config of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from parris.payloads import Payload
from parris.sweeps.config import SEQUENTIAL, Method, SweepConfig
from parris.sweeps.names import TRIAL_KEY, TrialName
from parris.sweeps.search.searches import new_search
from parris.sweeps.search.space import Space
from parris.sweeps.trial_goal import GOAL_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTIFY_KEY = "notify"
_HYPERPARAMETERS = "hyperparameters"
NAME_KEY = "training-job-name"


def space_of(config: SweepConfig) -> Space:
    """Return the search space of a sweep."""
    return Space.from_config(cast("Mapping[str, Mapping[str, object]]", config.parameters))


def trial_count(config: SweepConfig, listed: Sequence[Payload]) -> int:
    """Return how many trials a sweep has.

    Args:
        config: the sweep's config.
        listed: the trials of a list; empty for other methods.
    """
    if config.method is Method.LIST:
        return len(listed)
    if config.method is Method.GRID:
        return space_of(config).grid_size()
    return config.trials or 0


def parameters_of(config: SweepConfig, number: int, listed: Sequence[Payload]) -> Payload | None:
    """Return the hyperparameters of a trial; None if they are chosen when it starts."""
    if config.method in SEQUENTIAL:
        return None
    if config.method is Method.LIST:
        return listed[number]
    search = new_search(config.method, space_of(config), config.seed, number)
    return cast("Payload", dict(search.suggest([])))


def items_of(sweep_id: str, config: SweepConfig, listed: Sequence[Payload]) -> bytes:
    """Return the file that the map state reads: one entry for each trial."""
    items: list[Payload] = []
    for number in range(trial_count(config, listed)):
        parameters = parameters_of(config, number, listed)
        trial: Payload = {
            "sweep_id": sweep_id,
            "number": number,
            "run": 0,
            "parameters": parameters,
        }
        items.append({"trial": trial})
    return json.dumps(items).encode()


def trial_config(training: Payload, name: TrialName, parameters: Payload, goal: Payload) -> Payload:
    """Return the config of one run of a trial: the input of its execution.

    Hyperparameters that are no object stay, so that ValidateConfig reports them. A trial sends no
    mail unless the training asks for it: a sweep has up to 10,000 of them.

    Args:
        training: the training config of the sweep.
        name: of the run.
        parameters: the hyperparameters of the trial.
        goal: as `goal_for_trials` returns it; empty for a trial that is compared with no other.
    """
    base = training.get(_HYPERPARAMETERS)
    is_wrong = base is not None and not isinstance(base, dict)
    return {
        NOTIFY_KEY: [],
        **training,
        NAME_KEY: name.training_job_name,
        TRIAL_KEY: str(name),
        **({GOAL_KEY: goal} if goal else {}),
        _HYPERPARAMETERS: base if is_wrong else {**base_of(training), **parameters},
    }


def base_of(training: Payload) -> Payload:
    """Return the hyperparameters that all trials have; none if they are no object."""
    base = training.get(_HYPERPARAMETERS)
    return base if isinstance(base, dict) else {}
