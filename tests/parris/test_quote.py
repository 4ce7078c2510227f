"""The maximum cost of a job is known before it begins."""

import dataclasses
from decimal import Decimal
from typing import Any

from parris.costs.offer import Offer
from parris.costs.quote import quote_of
from parris.job import Job
from parris.limits import LONGEST_JOB_SECONDS
from parris.payloads import Payload
from tests.builders import a_job, a_whole_rate, an_offer, some_limits


def a_job_on(*offers: Offer, **limits: Any) -> Job:
    return a_job(offers=offers, limits=some_limits(**limits)).with_offer(0)


def first_machine(quote: Payload) -> dict[str, Any]:
    machines: Any = quote["machines"]
    machine: dict[str, Any] = machines[0]
    return machine


CHEAP = an_offer("t3.micro", a_whole_rate("0.0104"))
DEAR = an_offer("p3.2xlarge", a_whole_rate("3.06"))


def test_a_time_limit_bounds_the_cost_on_the_dearest_machine() -> None:
    quote = quote_of(a_job_on(CHEAP, DEAR))
    assert quote["is_bounded"] is True
    assert quote["most_usd"] == "3.0698"
    assert quote["words"] == "at most 3.0698 USD"


def test_each_machine_says_when_each_limit_would_end_it_and_at_what_rate() -> None:
    limited = an_offer("t3.micro", a_whole_rate("0.0104"), cost_limit_seconds=3000)
    machine = first_machine(quote_of(a_job_on(limited, cost_limit_usd="0.02")))
    assert [(one["limit"], one["gone_by_seconds"]) for one in machine["limits"]] == [
        ("cost-limit", 3000),
        ("time-limit", 3600),
        ("longest-job", LONGEST_JOB_SECONDS),
    ]
    assert machine["ends_by"] == "cost-limit"
    assert machine["ends_at_seconds"] == 3000 - 120 - 60
    assert [one["part"] for one in machine["rate"]["components"]] == [
        "instance",
        "volume",
        "public IPv4",
    ]


def test_a_job_without_a_limit_says_so_and_what_the_cap_lets_it_cost() -> None:
    quote = quote_of(a_job_on(CHEAP, time_limit_seconds=None))
    assert quote["is_bounded"] is False
    cap_usd = Decimal(str(quote["most_usd"]))
    assert cap_usd >= a_whole_rate("0.0104").usd_per_hour * 8700
    assert quote["words"] == f"no limit set (the maximum of 8700 h applies): at most {cap_usd} USD"


def test_what_the_target_itself_ends_bounds_a_job_without_a_limit() -> None:
    short = dataclasses.replace(CHEAP, longest_seconds=10 * 3600)
    job = a_job_on(short, time_limit_seconds=None)
    (bound,) = first_machine(quote_of(job))["limits"]
    assert bound["gone_by_seconds"] == 36_000
    assert "the maximum of 10 h applies" in str(quote_of(job)["words"])
    again = dataclasses.replace(job, max_attempts=3)
    (bound,) = first_machine(quote_of(again))["limits"]
    assert bound["gone_by_seconds"] == 3 * 36_000
    assert Offer.from_payload(short.to_payload()) == short


def test_an_unknown_price_gives_no_bound_in_dollars() -> None:
    quote = quote_of(a_job_on(CHEAP, an_offer("x99.huge")))
    assert quote["most_usd"] is None
    assert "unknown" in str(quote["words"])


def test_the_subnets_of_a_type_are_not_other_machines() -> None:
    elsewhere = an_offer("t3.micro", a_whole_rate("0.0104"), subnet_id="subnet-2")
    assert len(list(quote_of(a_job_on(CHEAP, elsewhere))["machines"] or [])) == 1  # type: ignore[arg-type]


def test_a_kept_machine_still_costs_its_volume() -> None:
    job = a_job(rate=a_whole_rate(), on_termination="stop-instance")
    assert quote_of(job)["kept_usd_per_month"] == "2.4000"
    assert quote_of(a_job(rate=a_whole_rate()))["kept_usd_per_month"] is None


def test_warnings_and_what_is_not_counted_are_part_of_it() -> None:
    quote = quote_of(a_job(rate=a_whole_rate(), warnings=("time-limit does nothing",)))
    assert quote["warnings"] == ["time-limit does nothing"]
    assert "tax" in str(quote["not_counted"])


def test_a_spot_job_is_quoted_at_its_bid() -> None:
    quote = quote_of(a_job(rate=a_whole_rate(), purchase_option="spot"))
    assert quote["purchase_option"] == "spot"
    assert quote["words"] == "at most 0.0202 USD (spot: at the maximum bid)"
