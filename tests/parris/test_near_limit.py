"""When a job is near a limit, and the notification of it."""

import dataclasses
import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from parris.costs.cost import spent_usd
from parris.job import Job
from parris.limits import LONGEST_JOB_SECONDS
from parris.notifications.message import Message
from parris.notifications.near_limit import (
    SHORTEST_NOTIFIED_SECONDS,
    Progress,
    checks_at_seconds,
    near_limit_message,
)
from parris.policy import decide
from parris.targets.ec2_stack.spec import SPOT
from tests.builders import LAUNCHED_AT, a_job, a_rate, a_sighting, after, some_limits

GOLDEN = Path(__file__).parent / "messages"
TEN_HOURS = 36_000
TIMED = a_job(limits=some_limits(time_limit_seconds=TEN_HOURS))
COSTLY = a_job(
    limits=some_limits(
        time_limit_seconds=None, cost_limit_seconds=TEN_HOURS, cost_limit_usd="0.1040"
    ),
    on_termination="stop-instance",
)
ON_SPOT = a_job(limits=COSTLY.limits, purchase_option=SPOT)
ENDLESS = a_job(limits=some_limits(time_limit_seconds=None))
NEAR_SECONDS = (TEN_HOURS - 180) * 9 // 10


def notification_of(job: Job, ran_seconds: int, usd: Decimal | None = None) -> Message | None:
    spent = usd or spent_usd(job.rate or a_rate(), ran_seconds)
    return near_limit_message(job, Progress(LAUNCHED_AT, ran_seconds, job.limits, spent))


NEAR = {
    "near-time-limit": notification_of(TIMED, NEAR_SECONDS),
    "near-cost-limit": notification_of(COSTLY, NEAR_SECONDS),
    "near-cost-limit-on-spot": near_limit_message(
        ON_SPOT,
        Progress(
            LAUNCHED_AT,
            50_000,
            ON_SPOT.limits.with_cost_limit_at(53_115),
            Decimal("0.0950"),
        ),
    ),
    "near-longest-time": notification_of(ENDLESS, (LONGEST_JOB_SECONDS - 180) * 9 // 10),
}


@pytest.mark.parametrize("case", NEAR)
def test_the_message_is_word_for_word_what_was_read_and_approved(case: str) -> None:
    message = NEAR[case]
    assert message is not None
    approved = (GOLDEN / f"{case}.txt").read_text()
    assert f"{message.kind}\n{message.subject}\n\n{message.body}" == approved


def test_every_approved_message_of_a_limit_is_made_by_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("near-*.txt")} == set(NEAR)


@pytest.mark.parametrize("job", [TIMED, COSTLY, ENDLESS])
def test_it_is_notified_from_nine_tenths_on_and_not_before(job: Job) -> None:
    first = min(checks_at_seconds(job))
    assert notification_of(job, first - 1) is None
    assert notification_of(job, first) is not None
    assert notification_of(job, first + 1000) is not None


def test_a_spot_job_is_near_its_cost_limit_when_it_has_spent_nine_tenths_of_it() -> None:
    assert notification_of(ON_SPOT, 10**6, Decimal("0.0935")) is None
    assert notification_of(ON_SPOT, 10, Decimal("0.0936")) is not None


def test_a_limit_too_soon_to_act_upon_is_not_notified() -> None:
    short = some_limits(time_limit_seconds=SHORTEST_NOTIFIED_SECONDS - 1)
    assert checks_at_seconds(a_job(limits=short)) == ()
    assert notification_of(a_job(limits=short), SHORTEST_NOTIFIED_SECONDS - 200) is None
    assert checks_at_seconds(
        a_job(limits=some_limits(time_limit_seconds=SHORTEST_NOTIFIED_SECONDS))
    )


@pytest.mark.parametrize("notify", [(), ("ended", "kept", "cleanup-failed")])
def test_a_job_without_this_notification_costs_no_poll(notify: tuple[str, ...]) -> None:
    job = dataclasses.replace(TIMED, notify=notify)
    assert checks_at_seconds(job) == ()
    assert notification_of(job, NEAR_SECONDS) is None


def looks_of(job: Job, extra: tuple[int, ...]) -> list[int]:
    """Return the times of a run's polls until its limit ends it, in seconds from launch."""
    polls, ran_seconds = [], 0
    for _ in itertools.count():
        polls.append(ran_seconds)
        decision = decide(job.limits, a_sighting(), after(ran_seconds), extra)
        if decision.reason is not None:
            return polls
        ran_seconds += decision.next_check_seconds
    raise AssertionError("unreachable")


@pytest.mark.parametrize("job", [TIMED, COSTLY, ENDLESS])
def test_one_poll_is_added_when_the_limit_is_near_and_no_earlier_one_is_changed(job: Job) -> None:
    without, with_it = looks_of(job, ()), looks_of(job, checks_at_seconds(job))
    near = min(checks_at_seconds(job))
    assert near in with_it
    assert with_it[-1] == without[-1]
    assert {poll for poll in without if poll < near} <= set(with_it)
    assert len(with_it) <= len(without) + 1


def test_a_poll_due_within_a_second_is_not_early() -> None:
    decision = decide(TIMED.limits, a_sighting(), after(NEAR_SECONDS - 0.4), (NEAR_SECONDS,))
    assert decision.next_check_seconds == 1
