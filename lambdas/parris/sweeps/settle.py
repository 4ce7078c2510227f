"""Reads from a run's record and its execution whether it has ended, and what it has cost."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from parris.costs.rate import SHORTEST_MONTH_HOURS
from parris.payloads import int_in, maybe_text_in, part_of, text_in
from parris.reasons import SUCCESSFUL_REASONS, EndReason
from parris.retention.keep_until import ALWAYS
from parris.sweeps.settlement import Settlement, goal_value
from parris.sweeps.trial import TrialStatus
from parris.timestamps import maybe_timestamp_in

if TYPE_CHECKING:
    from parris.payloads import Payload

FORGOTTEN_AFTER_SECONDS = 15 * 60
"""An execution that Step Functions does not know this long after it was to start never began."""
_CENT_OF_A_CENT = Decimal("0.0001")


def settlement_of(outcome: Payload, reserved_usd: Decimal, metric: str | None) -> Settlement | None:
    """Return the settlement of a recorded outcome; None while the end is not confirmed.

    Args:
        outcome: of the run record.
        reserved_usd: counts as the cost if none is known.
        metric: the goal metric, if the sweep has a goal.
    """
    reason = EndReason(text_in(outcome, "reason"))
    if reason is EndReason.CLEANUP_FAILED:
        return None
    metrics = part_of(outcome, "metrics")
    return Settlement(
        status=TrialStatus.SUCCEEDED if reason in SUCCESSFUL_REASONS else TrialStatus.FAILED,
        spent_usd=_spent_usd(outcome, reserved_usd),
        runtime_seconds=int_in(outcome, "runtime_seconds"),
        reason=reason,
        cause=maybe_text_in(outcome, "cause"),
        value=None if metric is None else goal_value(metrics, metric),
        started_at=maybe_text_in(outcome, "started_at"),
        ended_at=maybe_text_in(outcome, "ended_at"),
        metrics=metrics,
        results_uri=maybe_text_in(outcome, "results_uri"),
        record_uri=maybe_text_in(outcome, "record_uri"),
    )


def settlement_of_nothing(reason: str, cause: str, ended_at: str) -> Settlement:
    """Return the settlement of a run that has launched nothing."""
    return Settlement(
        status=TrialStatus.FAILED,
        spent_usd=Decimal(0),
        reason=reason,
        cause=cause,
        ended_at=ended_at,
    )


def _spent_usd(outcome: Payload, reserved_usd: Decimal) -> Decimal:
    """Return the cost of a run, with what is kept of it until it expires."""
    cost_usd = maybe_text_in(outcome, "estimated_cost_usd")
    if cost_usd is None:
        return reserved_usd
    return Decimal(cost_usd) + _kept_usd(outcome, reserved_usd)


def _kept_usd(outcome: Payload, reserved_usd: Decimal) -> Decimal:
    kept_usd, until = (maybe_text_in(outcome, key) for key in ("kept_usd_per_month", "keep_until"))
    if kept_usd is None or until is None:
        return Decimal(0)
    if until == ALWAYS:
        return reserved_usd
    ended_at, ends = (maybe_timestamp_in(outcome, key) for key in ("ended_at", "keep_until"))
    if ended_at is None or ends is None:
        return reserved_usd
    seconds = Decimal(max(0, int((ends - ended_at).total_seconds())))
    usd = Decimal(kept_usd) * seconds / (SHORTEST_MONTH_HOURS * 3600)
    return usd.quantize(_CENT_OF_A_CENT, rounding=ROUND_CEILING)
