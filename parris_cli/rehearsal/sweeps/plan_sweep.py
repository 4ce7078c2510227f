"""How many trials a sweep has, and the space that it searches, as its config says it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import part_of, parts_in
from parris.sweeps.config import SweepConfig
from parris.sweeps.plan import trial_count
from parris_cli.errors import RefusedError
from parris_cli.rehearsal.sweeps.objective import space_of
from parris_cli.rehearsal.sweeps.options import MOST_TRIALS
from parris_cli.sweeps.sweep_files import NAME_KEY

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.sweeps.search.space import Space
    from parris_cli.sweeps.sweep_files import SweepFiles

# What a config that does not conform to the schema can raise.
_INVALID = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A sweep as far as its valid config says it. `trials` is how many it has."""

    config: SweepConfig
    space: Space
    trials: int


def plan_sweep(files: SweepFiles) -> SweepPlan | None:
    """Return the plan of a sweep; None if the config is invalid, which ValidateSweep reports."""
    try:
        config = SweepConfig.from_payload({NAME_KEY: files.sweep_name, **files.config})
        listed = _listed_trials(files)
        return SweepPlan(config, space_of(config.parameters, listed), trial_count(config, listed))
    except _INVALID:
        return None


def refuse_too_many_trials(files: SweepFiles) -> None:
    """Refuse a sweep that is too large for a rehearsal.

    Raises:
        RefusedError: if it is.
    """
    plan = plan_sweep(files)
    if plan is not None and plan.trials > MOST_TRIALS:
        raise RefusedError(
            f"{files.source}: {plan.trials} trials; a rehearsal has at most {MOST_TRIALS}"
        )


def _listed_trials(files: SweepFiles) -> list[Payload]:
    if files.trials is None:
        return list(parts_in(part_of(files.config, "search"), "trials"))
    listed: list[Payload] = json.loads(files.trials.read_bytes())
    return listed
