"""What Parris itself has cost for a job, estimated; docs/costs.md has the figures."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from parris_cli.formatting import money

if TYPE_CHECKING:
    from parris_cli.runs.one_run import OneRun

_USD_PER_TRANSITION = Decimal("0.000025")
# Lambda, for each USD of transitions.
_FUNCTIONS_SHARE = Decimal("0.12")
# Heartbeats, log and synced results, for each hour of a machine.
_USD_PER_HOUR = Decimal("0.0003")
_MOST_TRANSITIONS = 50
_SHOWN_USD = Decimal("0.0001")
_SECONDS_PER_HOUR = 3600


def own_cost_text(one: OneRun) -> str:
    """Return the cost and what it was estimated from."""
    entered = sum(each.is_entered for each in one.transitions)
    transitions = entered or _MOST_TRANSITIONS
    hours = Decimal(one.run.runtime_seconds or 0) / _SECONDS_PER_HOUR
    workflow = transitions * _USD_PER_TRANSITION * (1 + _FUNCTIONS_SHARE)
    total = (workflow + hours * _USD_PER_HOUR).quantize(_SHOWN_USD, ROUND_UP)
    what = f"{entered} state transitions" if entered else "at most 50 state transitions"
    return (
        f"About {money(str(total))} USD, estimated from {what}, their functions, and the"
        f" heartbeats and log of its machine."
    )
