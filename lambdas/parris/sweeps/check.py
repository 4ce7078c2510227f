"""Checks of a sweep config that its schema cannot express."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of
from parris.sweeps.config import LARGEST_SWEEP_TRIALS, SEQUENTIAL, Method, SweepConfig, method_of
from parris.sweeps.names import TRIAL_KEY
from parris.sweeps.plan import NAME_KEY, base_of, trial_count
from parris.sweeps.trial_goal import GOAL_KEY, METRIC_KEY, RUNGS_KEY
from parris.validation.hyperparameters import find_colliding_hyperparameters
from parris.validation.values import find_unfit_values
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parris.sweeps.worst_case import WorstCase

_PATHS_OF_GOAL = {
    f"/{GOAL_KEY}": "/goal",
    f"/{GOAL_KEY}/{METRIC_KEY}": "/goal/metric",
    f"/{GOAL_KEY}/{RUNGS_KEY}": "/early-stopping",
}
_LINE = re.compile(r"\d+\. (/\S*): found (.*), expected (.*)")


def find_value_violations(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each value that JSON does not have, or that no trial can be given.

    Those of the training config are found with everything else in it.
    """
    yield from find_unfit_values({key: one for key, one in config.items() if key != "training"})


def find_parameter_violations(config: Payload) -> Iterator[Violation]:
    """Yield the violations of each parameter of a config that conforms to the schema."""
    for name, described in part_of(config, "parameters").items():
        if isinstance(described, dict):
            yield from _parameter(f"/parameters/{name}", described)


def find_search_violations(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each key that the method needs, or cannot have."""
    search = part_of(config, "search")
    method = method_of(config)
    for key in ("keep-best", "early-stopping"):
        if key in config and "goal" not in config:
            yield Violation("/goal", "nothing", f"a goal, which {key} requires")
    if method is Method.LIST:
        if ("trials" in search) == ("trials-file" in search):
            yield Violation("/search", "none or both of them", "either trials or trials-file")
        if "parameters" in config:
            yield Violation("/parameters", "parameters", "none, because a list has its own")
        return
    for key in ("trials", "trials-file"):
        if key in search:
            yield Violation(f"/search/{key}", key, "it with the method list only")
    if "parameters" not in config:
        yield Violation("/parameters", "nothing", f"parameters, which {method} requires")
    if method is Method.GRID:
        if "trials" in config:
            yield Violation("/trials", shown(config["trials"]), "none: a grid tries all")
        return
    if "trials" not in config:
        yield Violation("/trials", "nothing", f"a number of trials, which {method} requires")
    if method in SEQUENTIAL and "goal" not in config:
        yield Violation("/goal", "nothing", f"a goal, which {method} requires")


def find_training_violations(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each key of the training config that a sweep sets itself."""
    training = part_of(config, "training")
    for key in (NAME_KEY, TRIAL_KEY, GOAL_KEY):
        if key in training:
            yield Violation(
                f"/training/{key}", shown(training[key]), "none: each trial has its own"
            )
    if training.get("stack-replacement") is True:
        yield Violation("/training/stack-replacement", "true", "none: no trial replaces another")


def find_trial_violations(config: SweepConfig, listed: Sequence[Payload]) -> Iterator[Violation]:
    """Yield the violations of the trials: their number, their names and their values."""
    count = trial_count(config, listed)
    if count == 0 and config.method is Method.GRID:
        expected = "values or points for each float: a grid has only so many"
        yield Violation("/parameters", "a parameter without points", expected)
    if count > LARGEST_SWEEP_TRIALS:
        where = "/parameters" if config.method is Method.GRID else "/search"
        yield Violation(where, f"{count} trials", f"at most {LARGEST_SWEEP_TRIALS}")
    base = base_of(config.training)
    trials = listed if config.method is Method.LIST else [_names(config)]
    for number, parameters in enumerate(trials):
        where = f"/search/trials/{number}" if config.method is Method.LIST else "/parameters"
        merged: Payload = {"hyperparameters": {**base, **parameters}}
        for one in (*find_colliding_hyperparameters(merged), *find_unfit_values(merged)):
            yield Violation(where, one.found, one.expected)


def find_budget_violations(
    config: SweepConfig, worst: WorstCase, *, keeps_resources: bool
) -> Iterator[Violation]:
    """Yield a violation if not even one trial fits into the budget."""
    if worst.usd is None:
        expected = "a training with a known price: set hourly-price-usd"
        yield Violation("/training", "a price that is unknown", expected)
    elif worst.usd > config.cost_limit_usd:
        expected = (
            f"at least {worst.usd} USD, which one trial can cost at most: its quote, and what is"
            " kept for a while if results cannot be verified. Lower the limits of the training"
        )
        yield Violation("/budget/cost-limit", f"{config.cost_limit_usd}", expected)
    limit_seconds = config.time_limit_seconds
    if limit_seconds is not None and worst.seconds > limit_seconds:
        expected = (
            f"at least {worst.seconds} s, which one trial can last. Lower the time-limit of the"
            " training"
        )
        yield Violation("/budget/time-limit", f"{limit_seconds} s", expected)
    if keeps_resources:
        expected = "one that keeps nothing, because what is kept costs more than any budget"
        yield Violation("/training/on-termination", "a way to end that keeps resources", expected)


def violations_of_training(message: str) -> list[Violation]:
    """Return the violations that the check of the training config has reported as text."""
    found = [match.groups() for line in message.splitlines() if (match := _LINE.match(line))]
    if not found:
        return [Violation("/training", message, "a valid training config")]
    return [Violation(_path_of(path), what, expected) for path, what, expected in found]


def _path_of(path: str) -> str:
    """Return the path in the sweep's config of a path in that of its trials."""
    return _PATHS_OF_GOAL.get(path, f"/training{path.rstrip('/')}")


def _names(config: SweepConfig) -> Payload:
    return dict.fromkeys(config.parameters, 0)


def _parameter(path: str, described: Payload) -> Iterator[Violation]:
    kind, values = described["type"], described.get("values")
    if kind == "categorical":
        if values is None:
            yield Violation(
                f"{path}/values", "nothing", "a list of values, since it is categorical"
            )
        for key in ("minimum", "maximum", "scale", "points"):
            if key in described:
                yield Violation(f"{path}/{key}", shown(described[key]), "none: it is categorical")
        return
    if isinstance(values, list):
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
            yield Violation(f"{path}/values", shown(values), "numbers")
        elif kind == "integer" and any(
            isinstance(one, float) and not one.is_integer() for one in values
        ):
            yield Violation(f"{path}/values", shown(values), "whole numbers")
        return
    low, high = described.get("minimum"), described.get("maximum")
    for key, value in (("minimum", low), ("maximum", high)):
        if not isinstance(value, int | float):
            yield Violation(f"{path}/{key}", "nothing", f"a {key}, since it has a range")
        elif kind == "integer" and value != int(value):
            yield Violation(f"{path}/{key}", shown(value), "a whole number")
    if isinstance(low, int | float) and isinstance(high, int | float):
        if low > high:
            yield Violation(f"{path}/maximum", shown(high), f"at least the minimum, {shown(low)}")
        if described.get("scale") == "log" and low <= 0:
            yield Violation(f"{path}/minimum", shown(low), "more than 0 on a logarithmic scale")
