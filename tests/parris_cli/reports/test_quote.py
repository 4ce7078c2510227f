"""A quote before a job starts: what it costs at most and when it ends, in two lines."""

from typing import Any

import pytest

from parris.costs.offer import Offer
from parris.costs.quote import quote_of
from parris.job import Job
from parris_cli.reports.quote import format_quote, quote_notes, summarize_quote
from tests.builders import a_job, a_whole_rate, an_offer, some_limits

CHEAP = an_offer("t3.micro", a_whole_rate("0.0104"))
DEAR = an_offer("p3.2xlarge", a_whole_rate("3.06"))
UNKNOWN = an_offer("x99.huge")


def a_job_on(*offers: Offer, **limits: Any) -> Job:
    return a_job(offers=offers, limits=some_limits(**limits)).with_offer(0)


@pytest.mark.parametrize(
    ("offers", "cost"),
    [
        ([CHEAP], "at most 0.0202 USD: t3.micro at 0.01897 USD per hour"),
        (
            [CHEAP, DEAR],
            "at most 3.0698 USD: p3.2xlarge, the dearest of 2 machines, at 3.069 USD per hour",
        ),
        ([CHEAP, UNKNOWN], "unknown: there is no price for x99.huge"),
    ],
)
def test_the_first_line_is_the_most_that_it_costs(offers: list[Offer], cost: str) -> None:
    assert summarize_quote(quote_of(a_job_on(*offers)))[0] == cost


def test_the_note_on_the_price_goes_with_it() -> None:
    quote = quote_of(a_job(rate=a_whole_rate(), purchase_option="spot"))
    assert summarize_quote(quote)[0] == (
        "at most 0.0202 USD: t3.micro at 0.01897 USD per hour (spot: at the maximum bid)"
    )


def test_the_second_line_is_its_end_at_the_latest_and_what_ends_it() -> None:
    limited = an_offer("t3.micro", a_whole_rate("0.0104"), cost_limit_seconds=3000)
    job = a_job_on(limited, cost_limit_usd="0.02")
    assert summarize_quote(quote_of(job))[1] == (
        "ends 50 min after its launch at the latest (cost limit)"
    )
    # On another machine the money lasts longer.
    both = a_job_on(limited, DEAR, cost_limit_usd="0.02")
    assert summarize_quote(quote_of(both))[1] == (
        "ends 1 h after its launch at the latest (time limit)"
    )


def test_a_job_without_a_limit_is_not_said_to_have_one() -> None:
    quote = quote_of(a_job_on(CHEAP, time_limit_seconds=None))
    cost, end = summarize_quote(quote)
    assert cost.startswith("at most 165.")
    assert cost.endswith(" USD: t3.micro at 0.01897 USD per hour")
    assert end == (
        "ends when the script does: no limit is set but that of every job, 362 d 12 h after its"
        " launch"
    )


def test_what_is_kept_and_the_warnings_are_notes() -> None:
    job = a_job(rate=a_whole_rate(), on_termination="stop-instance", warnings=("one", "two"))
    assert quote_notes(quote_of(job)) == [
        "one",
        "two",
        "kept afterwards: the volume, at 2.4000 USD per month until you delete it",
    ]


def test_an_estimate_begins_with_the_same_two_lines() -> None:
    quote = quote_of(a_job_on(CHEAP, DEAR))
    lines = format_quote(quote)
    assert [line[9:] for line in lines[:2]] == summarize_quote(quote)
    assert [line for line in lines if not line.startswith("    ")][1:3] == [
        "  t3.micro",
        "  p3.2xlarge",
    ]
