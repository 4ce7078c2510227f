"""Whether a lost job is tried again, where, when, and within what is left of its limits."""

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parris.costs.cost import spent_usd
from parris.costs.quote import quote_of
from parris.job import Job
from parris.limits import LONGEST_JOB_SECONDS
from parris.no_progress import NoProgress
from parris.past_attempt import PastAttempt, sum_usd
from parris.policy import decide
from parris.reasons import EndReason
from parris.retention.retained import kept_of, named_ids
from parris.termination.attempts import (
    Retry,
    attempt_of,
    may_be_retried,
    offer_order,
    pause_after,
    retry_after,
)
from parris.termination.bill import bill_of
from parris.termination.outcome import outcome_of
from parris.timestamps import format_timestamp
from tests.builders import (
    a_job,
    a_sighting,
    a_whole_rate,
    after,
    an_offer,
    some_limits,
)
from tests.parris.test_outcome import a_state, at

RATE = a_whole_rate("1")
OFFERS = tuple(an_offer(one, RATE) for one in ("a.large", "b.large", "c.large"))


def a_past(**changes: Any) -> PastAttempt:
    past = PastAttempt(
        number=1,
        title="a.large",
        reason="INSTANCE_LOST",
        cause="spot interruption",
        ended_at=at(1800),
        started_at=at(0),
        launch_id="arn:stack-1",
        runtime_seconds=1800,
        cost_usd="0.6000",
        machine_id="i-1",
        machine_prefix="machines/AROA:i-1",
    )
    return dataclasses.replace(past, **changes)


def a_job_of(attempts: int = 3, limits: Any = None, **changes: Any) -> Job:
    limits = limits or some_limits(time_limit_seconds=36_000)
    changes = {"offers": OFFERS, "rate": RATE, **changes}
    return a_job(max_attempts=attempts, limits=limits, **changes).with_offer(0)


def next_job(job: Job, past: PastAttempt | None = None, now: float = 2000) -> Job:
    retry = retry_after(job, past or a_past(), after(now))
    assert retry.job is not None, retry.why_not
    return retry.job


@pytest.mark.parametrize("reason", EndReason)
def test_only_lost_machines_and_lost_capacity_are_tried_again(reason: EndReason) -> None:
    is_tried_again = reason in (EndReason.INSTANCE_LOST, EndReason.NO_CAPACITY)
    assert may_be_retried(a_job_of(2), reason) is is_tried_again
    assert not may_be_retried(a_job_of(1), reason)


@pytest.mark.parametrize("is_retried", [True, False])
def test_a_hang_is_tried_again_only_where_the_config_asks_for_it(is_retried: bool) -> None:
    hang = NoProgress(3, 60, 3600, is_retried).to_payload()
    job = a_job_of(2, no_progress=hang)
    assert may_be_retried(job, EndReason.NO_PROGRESS) is is_retried
    assert not may_be_retried(next_job(job), EndReason.NO_PROGRESS)


def test_the_last_attempt_is_the_last() -> None:
    second = next_job(a_job_of(2))
    assert second.attempt_number == 2
    assert not may_be_retried(second, EndReason.INSTANCE_LOST)
    retry = retry_after(second, a_past(number=2), after(4000))
    assert retry == Retry(None, "max-attempts is 2")


@pytest.mark.parametrize(
    ("current", "reason", "expected"),
    [
        (0, "INSTANCE_LOST", (1, 2, 0)),
        (1, "INSTANCE_LOST", (0, 2, 1)),
        (2, "INSTANCE_LOST", (0, 1, 2)),
        (2, "NO_CAPACITY", (0, 1, 2)),
    ],
)
def test_what_was_lost_is_tried_last(current: int, reason: str, expected: tuple[int, ...]) -> None:
    job = a_job_of().with_offer(current)
    assert offer_order(job, a_past(reason=reason)) == expected


def test_a_third_attempt_follows_the_order_of_the_config_but_for_what_was_just_lost() -> None:
    second = next_job(a_job_of())
    assert (second.title, second.offer_number, second.attempt) == ("b.large", 1, 0)
    third = next_job(second, a_past(number=2), now=4000)
    assert [third.with_offer(one).title for one in range(3)] == ["a.large", "c.large", "b.large"]
    assert third.has_another_offer
    assert not third.with_offer(2).has_another_offer


def test_each_launch_of_each_attempt_has_a_request_of_its_own() -> None:
    first = a_job_of()
    second = next_job(first)
    jobs = [first, first.with_offer(1), second, second.with_offer(1), second.with_offer(2)]
    assert len({job.launch_request for job in jobs}) == len(jobs)


def test_the_time_limit_counts_the_running_time_of_all_attempts() -> None:
    second = next_job(a_job_of())
    assert second.limits.time_limit_seconds == 36_000 - 1800
    third = next_job(second, a_past(number=2, runtime_seconds=60), now=9000)
    assert third.limits.time_limit_seconds == 36_000 - 1860
    decision = decide(third.limits, a_sighting(), after(third.limits.ends_at_seconds()))
    assert decision.cause.startswith(
        "the time limit of 10 h was reached, of which earlier attempts ran 31 min, less "
    )


def test_the_cost_limit_counts_the_cost_of_all_attempts() -> None:
    limits = some_limits(time_limit_seconds=None, cost_limit_usd="2", cost_limit_seconds=7000)
    job = a_job_of(limits=limits)
    second = next_job(job, a_past(cost_usd="0.6000"))
    assert second.limits.cost_limit_usd == "1.4000"
    seconds = second.limits.cost_limit_seconds
    assert seconds is not None
    assert seconds == OFFERS[1].within("1.4").cost_limit_seconds
    assert (
        bill_of_whole(second, seconds) + Decimal("0.6")
        <= 2
        < (bill_of_whole(second, seconds + 10) + Decimal("0.6"))
    )
    decision = decide(second.limits, a_sighting(), after(second.limits.ends_at_seconds()))
    assert decision.cause.startswith(
        "the cost limit of 2 USD was reached, of which earlier attempts cost 0.6000 USD, less "
    )


def bill_of_whole(job: Job, seconds: int) -> Decimal:
    assert job.rate is not None
    return spent_usd(job.rate, seconds)


def test_an_attempt_saves_as_long_as_was_asked_for_while_its_limit_allows_it() -> None:
    limits = some_limits(time_limit_seconds=4000).with_reserves_within()
    second = next_job(a_job_of(limits=limits), a_past(runtime_seconds=3400))
    assert second.limits.time_limit_seconds == 600
    assert second.limits.save_grace_seconds == 60
    assert second.limits.requested_grace_seconds == 120


@pytest.mark.parametrize(
    ("limits", "past", "expected"),
    [
        (
            {"time_limit_seconds": 3600},
            {"runtime_seconds": 3200},
            "the attempts so far have run for 53 min 20 s of the time limit of 1 h, and the"
            " 6 min 40 s left are too few to boot, train and save",
        ),
        (
            {"time_limit_seconds": 3600},
            {"runtime_seconds": 3700},
            "the attempts so far have run for 1 h 1 min of the time limit of 1 h, and the"
            " 0 s left are too few to boot, train and save",
        ),
        (
            {"time_limit_seconds": None, "cost_limit_usd": "1", "cost_limit_seconds": 3000},
            {"cost_usd": "0.9500"},
            "the attempts so far have cost 0.9500 USD of the cost limit of 1 USD, and the"
            " 2 min 54 s left are too few to boot, train and save",
        ),
        (
            {"time_limit_seconds": None, "cost_limit_usd": "1", "cost_limit_seconds": 3000},
            {"cost_usd": "1.0100"},
            "the attempts so far have cost 1.0100 USD of the cost limit of 1 USD, and the"
            " 0 s left are too few to boot, train and save",
        ),
    ],
)
def test_a_rest_that_is_too_short_to_train_and_save_is_not_used(
    limits: dict[str, Any], past: dict[str, Any], expected: str
) -> None:
    job = a_job_of(limits=some_limits(**limits))
    assert retry_after(job, a_past(**past), after(4000)) == Retry(None, expected)


def test_a_rest_that_is_just_long_enough_is_used() -> None:
    job = a_job_of(limits=some_limits(time_limit_seconds=3600))
    # 120 s to save, 48 s to stop (a tenth of the rest), and five minutes to boot and train.
    assert retry_after(job, a_past(runtime_seconds=3600 - 468), after(4000)).job is not None
    assert retry_after(job, a_past(runtime_seconds=3600 - 465), after(4000)).job is None


def test_no_job_runs_longer_than_the_longest_in_all_its_attempts_and_pauses() -> None:
    job = a_job_of(limits=some_limits(time_limit_seconds=None))
    second = next_job(job, now=10_000)
    # It was submitted a minute before the first launch.
    assert second.limits.earliest_seconds() == LONGEST_JOB_SECONDS - 10_060
    retry = retry_after(job, a_past(), after(LONGEST_JOB_SECONDS - 200))
    assert retry.job is None
    assert "no job may run longer than 8700 hours" in str(retry.why_not)


@pytest.mark.parametrize(
    ("reasons", "minutes"),
    [
        (["INSTANCE_LOST"], 0),
        (["NO_CAPACITY"], 5),
        (["INSTANCE_LOST", "NO_CAPACITY"], 5),
        (["NO_CAPACITY"] * 2, 10),
        (["NO_CAPACITY"] * 4, 40),
        (["NO_CAPACITY"] * 5, 60),
        (["NO_CAPACITY"] * 19, 60),
        (["NO_CAPACITY", "INSTANCE_LOST"], 0),
    ],
)
def test_only_missing_capacity_is_waited_for(reasons: list[str], minutes: int) -> None:
    attempts = tuple(a_past(reason=reason) for reason in reasons)
    assert pause_after(attempts) == timedelta(minutes=minutes)


def test_the_next_attempt_begins_in_a_whole_second_from_the_verified_end_on() -> None:
    now = after(2000.7)
    retry = retry_after(a_job_of(), a_past(), now)
    assert retry.job is not None
    assert retry.job.not_before == format_timestamp(after(2000))
    lacking = retry_after(a_job_of(), a_past(reason="NO_CAPACITY"), now)
    assert lacking.job is not None
    assert lacking.job.not_before == format_timestamp(after(2300))


def test_what_changes_in_the_job_is_all_that_the_state_machine_has_to_merge() -> None:
    job = a_job_of()
    retry = retry_after(job, a_past(), after(2000))
    payload = retry.to_payload(job)
    changes = payload["next"]
    assert isinstance(changes, dict)
    assert "offers" not in changes
    assert "config" not in changes
    assert Job.from_payload({**job.to_payload(), **changes}) == retry.job
    refused = Retry(None, "too little").to_payload(job)
    assert refused == {"next": None, "why_not": "too little"}


def test_the_causes_of_twenty_attempts_fit_into_a_payload() -> None:
    state = a_state(end={"reason": "INSTANCE_LOST", "decided_at": at(610)})
    job = a_job_of()
    long = "a line of the log\n" * 1000
    attempt = attempt_of(job, state, bill_of(job, state), EndReason.INSTANCE_LOST, long)
    assert len(attempt.cause) <= 503
    assert PastAttempt.from_payload(attempt.to_payload()) == attempt


def test_the_outcome_sums_up_all_attempts_and_lists_each() -> None:
    job = next_job(a_job_of(), now=2000)
    job = dataclasses.replace(job, machine_id="i-2").on_machine("machines/AROA:i-2")
    state = a_state(
        run={"launched_at": at(3000)}, end={"reason": "COMPLETED", "decided_at": at(3700)}
    )
    state["confirmed"] |= {
        "confirmed_at": at(3700),
        "machine_ended_at": at(3600),
        "script_ended_at": at(3590),
        "part_ends": {"volume": at(3660)},
    }
    outcome: Any = outcome_of(job, state)
    first, second = outcome["attempts"]
    assert (first["number"], first["reason"], first["title"]) == (1, "INSTANCE_LOST", "a.large")
    assert (second["number"], second["reason"], second["title"]) == (2, "COMPLETED", "b.large")
    assert first["results_uri"].endswith("/machines/AROA:i-1/results/")
    assert second["results_uri"] == outcome["results_uri"]
    assert outcome["results_uri"].endswith("/machines/AROA:i-2/results/")
    assert (outcome["started_at"], outcome["ended_at"]) == (at(0), at(3600))
    assert outcome["runtime_seconds"] == 1800 + 600
    assert Decimal(outcome["estimated_cost_usd"]) == Decimal("0.6") + Decimal(
        second["estimated_cost_usd"]
    )
    assert outcome["reason"] == "COMPLETED"


def test_results_of_an_earlier_attempt_stay_where_the_last_one_had_no_machine() -> None:
    job = next_job(a_job_of())
    state = a_state(run={}, end={"reason": "NO_CAPACITY", "decided_at": at(3700)})
    state["confirmed"] |= {"attempt": {"next": None, "why_not": "max-attempts is 2"}}
    outcome: Any = outcome_of(job, state, results_prefix="machines/AROA:i-1")
    assert outcome["results_uri"].endswith("/machines/AROA:i-1/results/")
    assert outcome["attempts"][1]["results_uri"] is None
    assert outcome["cause"].endswith("; no further attempt: max-attempts is 2")


def test_what_earlier_attempts_have_kept_is_kept_until_its_retention_ends() -> None:
    past = a_past(kept=("vol-1",), keep_until="2026-12-01T00:00:00.000Z", kept_usd_per_month="2.4")
    job = next_job(a_job_of(), past)
    state = a_state(job=job.to_payload())
    kept = kept_of(state)
    assert kept is not None
    assert (kept.ids, kept.until) == (("vol-1",), "2026-12-01T00:00:00.000Z")
    assert "vol-1" in named_ids(state)
    outcome: Any = outcome_of(job, state)
    assert outcome["kept"] == ["vol-1"]
    assert outcome["kept_usd_per_month"] == "2.4"
    assert "vol-1 is kept and billed until 2026-12-01" in outcome["cause"]
    # The deletion after the retention looks at what is really left.
    assert kept_of({**state, "keep_expired": True}) is None


def test_an_unknown_cost_makes_the_sum_unknown() -> None:
    assert sum_usd(["0.1", "0.25"]) == "0.35"
    assert sum_usd(["0.1", None]) is None


def test_the_quote_says_how_many_attempts_it_covers() -> None:
    offer = an_offer("t3.micro", a_whole_rate("0.0104"))
    one, three = (quote_of(a_job_of(number, offers=(offer,))) for number in (1, 3))
    assert (one["max_attempts"], three["max_attempts"]) == (1, 3)
    assert "in up to 3 attempts" in str(three["words"])
    # The disk of each attempt outlives its machine.
    extra = Decimal(str(three["most_usd"])) - Decimal(str(one["most_usd"]))
    assert Decimal(0) < extra < Decimal("0.01")


def test_a_cost_limit_bounds_all_attempts_together() -> None:
    limits = some_limits(time_limit_seconds=None, cost_limit_usd="2")
    offers = tuple(one.within("2") for one in OFFERS)
    usd = str(quote_of(a_job_of(5, limits=limits, offers=offers))["most_usd"])
    assert Decimal("1.99") < Decimal(usd) <= 2
