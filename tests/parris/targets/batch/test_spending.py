"""What a job costs on the machine that Batch has chosen, and how long its cost limit lasts."""

import json
from decimal import Decimal
from typing import Any

from parris.costs.cost import affordable_seconds
from parris.ec2.parts import INSTANCE
from parris.ec2.spot_spending import SpotPrice
from parris.job import Job
from parris.payloads import Payload
from parris.targets.batch.spending import (
    batch_spending,
    carried_limits,
    has_machine,
    machine_carry,
)
from parris.targets.spending import Spending
from tests.builders import LAUNCHED_AT, after, some_limits
from tests.parris.targets.batch.builders import KnownAws, a_batch_job, a_rate_of, a_spec

DEAREST = a_rate_of("0.192")
CHEAP = machine_carry("c5.large", "us-east-1a", is_spot=False)
CHEAP_SPOT = machine_carry("c5.large", "us-east-1a", is_spot=True)


def a_capped_job(**changes: Any) -> Job:
    """Return a job with a limit of 1 USD, on a queue with machines of several prices."""
    limits = some_limits(
        cost_limit_usd="1", cost_limit_seconds=affordable_seconds(DEAREST, Decimal(1))
    )
    given = {"rate": DEAREST, "limits": limits, "price_note": "the dearest machine", **changes}
    return a_batch_job(**given)


def spending(job: Job, carry: Payload, seconds: float = 600, aws: KnownAws | None = None) -> Any:
    known = aws or KnownAws()
    found = batch_spending(known.gateways, job, LAUNCHED_AT, carry, after(seconds))
    json.dumps(found.carry)
    return found


def instance_usd(found: Spending) -> str:
    assert found.rate is not None
    part = found.rate.component(INSTANCE)
    assert part is not None
    return f"{part.usd_per_hour:f}"


def test_an_unknown_machine_costs_as_much_as_the_dearest() -> None:
    found = spending(a_capped_job(), {})
    assert instance_usd(found) == "0.192"
    assert found.limits == a_capped_job().limits
    assert not has_machine({})
    assert "AWS Price List (an upper bound: the dearest machine" in found.rate.source
    assert "upper bound" not in spending(a_capped_job(), CHEAP).rate.source


def test_a_known_machine_costs_what_its_own_type_costs_beside_volume_and_address() -> None:
    found = spending(a_capped_job(), CHEAP)
    assert instance_usd(found) == "0.085"
    assert [one.part for one in found.rate.components] == [one.part for one in DEAREST.components]
    assert has_machine(CHEAP)


def test_a_cheaper_machine_makes_the_cost_limit_last_longer() -> None:
    job = a_capped_job()
    found = spending(job, CHEAP)
    assert found.limits.cost_limit_seconds == affordable_seconds(found.rate, Decimal(1))
    assert found.limits.cost_limit_seconds > (job.limits.cost_limit_seconds or 0)
    assert carried_limits(job, found.carry) == found.limits
    assert carried_limits(job, CHEAP) == job.limits


def test_the_price_list_is_asked_once() -> None:
    aws = KnownAws()
    first = spending(a_capped_job(), CHEAP, aws=aws)
    second = spending(a_capped_job(), first.carry, 1200, aws)
    assert aws.prices.requests == 1
    assert (second.rate, second.limits, second.carry) == (first.rate, first.limits, first.carry)


def test_a_machine_without_a_price_costs_as_much_as_the_dearest_until_it_has_one() -> None:
    unknown = machine_carry("x9.large", "us-east-1a", is_spot=False)
    found = spending(a_capped_job(), unknown)
    assert instance_usd(found) == "0.192"
    assert found.carry == unknown


def test_a_machine_that_is_dearer_than_expected_shortens_the_limit() -> None:
    dearer = a_capped_job(rate=a_rate_of("0.01"))
    found = spending(dearer, CHEAP)
    assert instance_usd(found) == "0.085"
    assert found.limits.cost_limit_seconds == affordable_seconds(found.rate, Decimal(1))


def test_a_spot_machine_costs_the_prices_of_its_zone() -> None:
    aws = KnownAws()
    half_hour = SpotPrice(after(1800), Decimal("0.06"))
    aws.spot_prices.prices = (SpotPrice(after(-60), Decimal("0.03")), half_hour)
    job = a_capped_job(spec=a_spec(purchase_option="spot"))
    found = spending(job, CHEAP_SPOT, 3600, aws)
    assert instance_usd(found) == "0.0450000000"
    later = spending(job, found.carry, 7200, aws)
    assert instance_usd(later) == "0.0525000000"
    assert carried_limits(job, later.carry) == later.limits


def test_a_spot_machine_without_a_history_costs_at_most_what_the_environment_bids() -> None:
    job = a_capped_job(spec=a_spec(purchase_option="spot", bid_percentage=60))
    assert instance_usd(spending(job, CHEAP_SPOT)) == "0.0510000000"


def test_a_price_of_the_config_holds_for_each_machine() -> None:
    job = a_capped_job(spec=a_spec(usd_per_hour="0.192"))
    assert instance_usd(spending(job, CHEAP)) == "0.192"


def test_a_container_on_fargate_has_its_own_price_beside_queues_of_several() -> None:
    job = a_capped_job(spec=a_spec(is_fargate=True))
    assert spending(job, {}).rate == DEAREST


def test_a_job_at_one_price_asks_for_none() -> None:
    aws = KnownAws()
    found = spending(a_capped_job(price_note=""), CHEAP, aws=aws)
    assert (found.rate, found.carry, aws.prices.requests) == (DEAREST, CHEAP, 0)
