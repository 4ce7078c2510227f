"""What a run has cost, as its record says."""

from decimal import Decimal
from typing import Any

import pytest

from parris.payloads import Payload
from parris.sweeps.settle import settlement_of, settlement_of_nothing

RESERVED = Decimal("0.62")


def an_outcome(**changed: Any) -> Payload:
    return {
        "reason": "COMPLETED",
        "estimated_cost_usd": "0.0200",
        "runtime_seconds": 60,
        "ended_at": "2031-05-01T12:00:00.000Z",
        "metrics": {"loss": {"value": 0.5, "step": 3, "at": "2031-05-01T11:59:00.000Z"}},
        **changed,
    }


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("COMPLETED", "succeeded"),
        ("TIME_LIMIT", "succeeded"),
        ("COST_LIMIT", "succeeded"),
        ("STOPPED_EARLY", "succeeded"),
        ("SCRIPT_FAILED", "failed"),
        ("ABORTED", "failed"),
        ("NO_CAPACITY", "failed"),
    ],
)
def test_a_run_has_succeeded_if_its_job_has(reason: str, status: str) -> None:
    settlement = settlement_of(an_outcome(reason=reason), RESERVED, "loss")
    assert settlement is not None
    assert (settlement.status, settlement.spent_usd) == (status, Decimal("0.0200"))
    assert settlement.value == 0.5


def test_a_run_whose_end_is_not_confirmed_is_not_settled() -> None:
    assert settlement_of(an_outcome(reason="CLEANUP_FAILED"), RESERVED, None) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", None, True])
def test_a_value_that_is_no_number_does_not_count(value: object) -> None:
    outcome = an_outcome(metrics={"loss": {"value": value}})
    settlement = settlement_of(outcome, RESERVED, "loss")
    assert settlement is not None
    assert settlement.value is None


def test_what_is_kept_costs_until_it_expires() -> None:
    kept = {"kept_usd_per_month": "2.4000", "keep_until": "2031-05-08T12:00:00.000Z"}
    settlement = settlement_of(an_outcome(**kept), RESERVED, None)
    assert settlement is not None
    assert settlement.spent_usd == Decimal("0.6200")


@pytest.mark.parametrize(
    "changed",
    [
        {"estimated_cost_usd": None},
        {"kept_usd_per_month": "2.4000", "keep_until": "always", "estimated_cost_usd": "0"},
    ],
)
def test_a_cost_that_is_unknown_is_the_whole_reservation(changed: Any) -> None:
    settlement = settlement_of(an_outcome(**changed), RESERVED, None)
    assert settlement is not None
    assert settlement.spent_usd == RESERVED


def test_a_run_that_has_launched_nothing_costs_nothing() -> None:
    settlement = settlement_of_nothing("CONFIG_REJECTED", "no", "2031-05-01T12:00:00.000Z")
    assert (settlement.status, settlement.spent_usd) == ("failed", Decimal(0))
