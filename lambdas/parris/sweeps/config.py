"""A valid sweep config: what is tried, how, and within which budget."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from parris.durations import SECONDS_PER_HOUR, seconds_of
from parris.payloads import Payload, int_in, maybe_int_in, maybe_text_in, part_of, text_in
from parris.sweeps.asha import DEFAULT_REDUCTION_FACTOR

LARGEST_SWEEP_TRIALS = 10_000
DEFAULT_MAX_PARALLEL = 20


class Method(StrEnum):
    """How the hyperparameters of each trial are chosen."""

    GRID = "grid"
    RANDOM = "random"
    LIST = "list"
    THOMPSON = "thompson"
    TPE = "tpe"


SEQUENTIAL = frozenset({Method.THOMPSON, Method.TPE})
"""The methods that choose each trial when it starts, from the results so far."""
DEFAULT_METHOD = Method.THOMPSON
"""docs/search-benchmark.md says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The metric whose last value decides which trial is the best."""

    metric: str
    is_maximized: bool


@dataclass(frozen=True, slots=True)
class EarlyStopping:
    """When trials are compared, in reports of the goal metric, and which share of them goes on."""

    minimum_reports: int
    reduction_factor: int


@dataclass(frozen=True, slots=True)
class SweepConfig:
    """A sweep config without violations. `trials` is None where the trials themselves say it."""

    sweep_name: str
    training: Payload
    parameters: Payload
    method: Method
    seed: int
    trials: int | None
    goal: Goal | None
    cost_limit_usd: Decimal
    time_limit_seconds: int | None
    max_parallel: int
    retry_failed: int
    stops_on_failure: bool
    keep_best: int | None = None
    early_stopping: EarlyStopping | None = None

    @classmethod
    def from_payload(cls, config: Payload) -> Self:
        """Return the sweep that a config describes, which conforms to the schema."""
        search, budget, goal = (part_of(config, key) for key in ("search", "budget", "goal"))
        time_limit = budget.get("time-limit")
        return cls(
            sweep_name=text_in(config, "sweep-name"),
            training=part_of(config, "training"),
            parameters=part_of(config, "parameters"),
            method=method_of(config),
            seed=maybe_int_in(search, "seed") or 0,
            trials=maybe_int_in(config, "trials"),
            goal=Goal(text_in(goal, "metric"), goal["direction"] == "maximize") if goal else None,
            cost_limit_usd=Decimal(str(budget["cost-limit"])),
            time_limit_seconds=None
            if time_limit is None
            else max(1, int(seconds_of(time_limit, SECONDS_PER_HOUR))),
            max_parallel=maybe_int_in(config, "max-parallel") or DEFAULT_MAX_PARALLEL,
            retry_failed=maybe_int_in(config, "retry-failed") or 0,
            stops_on_failure=config.get("stop-on-failure") is True,
            keep_best=maybe_int_in(config, "keep-best"),
            early_stopping=_early_stopping(part_of(config, "early-stopping")),
        )


def _early_stopping(found: Payload) -> EarlyStopping | None:
    if not found:
        return None
    factor = maybe_int_in(found, "reduction-factor") or DEFAULT_REDUCTION_FACTOR
    return EarlyStopping(int_in(found, "minimum-reports"), factor)


def method_of(config: Payload) -> Method:
    """Return the method of a sweep config that conforms to the schema."""
    return Method(maybe_text_in(part_of(config, "search"), "method") or DEFAULT_METHOD)
