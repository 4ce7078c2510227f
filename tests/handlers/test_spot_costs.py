"""What a spot job has cost, from poll to poll and in its record, at the prices of its zone."""

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import poll_termination_condition
import record_outcome
from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from parris.entrypoint import Deps
from parris.job import Job
from parris.limits import Limits
from parris.payloads import Payload, part_of, text_in
from parris.targets.ec2_stack.spec import SPOT
from parris.timestamps import format_timestamp
from tests.builders import a_job, a_rate
from tests.handlers.account import QUICK

BID = "3.6"  # 0.001 USD a second
TYPE = "t3.micro"


@pytest.fixture
def aws_settings() -> AwsSettings:
    # Two hours ago a third of the bid, since an hour ago two thirds of it.
    prices = {TYPE: ((-7200, "1.2"), (-3600, "2.4"))}
    return dataclasses.replace(QUICK, spot_prices=prices)


@pytest.fixture
def began_at(aws: EmbeddedAws) -> datetime:
    (entry, *_) = aws.client("ec2").describe_spot_price_history(
        InstanceTypes=[TYPE], StartTime=datetime.now(UTC), AvailabilityZone="us-east-1a"
    )["SpotPriceHistory"]
    changed_at: datetime = entry["Timestamp"]
    return changed_at + timedelta(hours=1)


def a_spot_job(**limits: Any) -> Job:
    no_limits = Limits(None, None, None, save_grace_seconds=1)
    return a_job(
        purchase_option=SPOT, rate=a_rate(BID), limits=dataclasses.replace(no_limits, **limits)
    )


def a_state(aws: EmbeddedAws, job: Job, launched_at: datetime) -> dict[str, Any]:
    (instance,) = aws.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        InstanceType=TYPE,
        MinCount=1,
        MaxCount=1,
        InstanceMarketOptions={"MarketType": "spot"},
    )["Instances"]
    run = {
        "machine_id": instance["InstanceId"],
        "launched_at": format_timestamp(launched_at),
        "carry": {"zone": instance["Placement"]["AvailabilityZone"]},
    }
    return {"job": job.to_payload(), "run": run}


def poll(deps: Deps, state: dict[str, Any], now: datetime) -> Payload:
    job = Job.from_payload(state["job"])
    deps.aws.jobs_table.claim(job.training_job_name, job.execution_arn, job.submitted_at)
    deps.aws.bucket.write(job.folder.started_key, b"{}")
    return poll_termination_condition.run({"state": state, "now": format_timestamp(now)}, deps)


def test_the_cost_is_that_of_each_price_as_long_as_it_held(
    deps: Deps, aws: EmbeddedAws, began_at: datetime
) -> None:
    state = a_state(aws, a_spot_job(), began_at - timedelta(seconds=5400))
    decision = poll(deps, state, began_at)
    assert decision["reason"] is None
    # Half an hour at 1.2 and an hour at 2.4 USD.
    assert decision["spent_usd"] == "3.0000"


def test_a_poll_continues_from_the_last_one_and_is_safe_to_repeat(
    deps: Deps, aws: EmbeddedAws, began_at: datetime
) -> None:
    state = a_state(aws, a_spot_job(), began_at - timedelta(seconds=5400))
    state["decision"] = poll(deps, state, began_at - timedelta(seconds=1800))
    assert state["decision"]["spent_usd"] == "1.8000"
    assert poll(deps, state, began_at)["spent_usd"] == "3.0000"
    assert poll(deps, state, began_at)["spent_usd"] == "3.0000"


def test_the_next_check_comes_when_the_limit_could_be_reached_at_the_bid(
    deps: Deps, aws: EmbeddedAws, began_at: datetime
) -> None:
    job = a_spot_job(cost_limit_usd="5", cost_limit_seconds=5000, stopping_allowance_seconds=9)
    state = a_state(aws, job, began_at - timedelta(seconds=5400))
    decision = poll(deps, state, began_at)
    assert decision["reason"] is None
    # 2 USD are left, which are 2000 s at the bid, less 1 s to save and 9 s to stop.
    assert decision["next_check_seconds"] == 1990


def test_a_cost_limit_ends_a_spot_job(deps: Deps, aws: EmbeddedAws, began_at: datetime) -> None:
    job = a_spot_job(cost_limit_usd="3", cost_limit_seconds=3000)
    state = a_state(aws, job, began_at - timedelta(seconds=5400))
    assert poll(deps, state, began_at)["reason"] == "COST_LIMIT"


def test_a_machine_that_is_not_a_spot_instance_costs_its_rate(
    deps: Deps, aws: EmbeddedAws, began_at: datetime
) -> None:
    state = a_state(aws, a_spot_job(), began_at - timedelta(seconds=5400))
    state["run"]["carry"] = {}
    decision = poll(deps, state, began_at)
    assert (decision["spent_usd"], decision["carry"]) == ("5.4000", {})


def test_the_record_has_the_cost_until_the_machine_ended(
    deps: Deps, aws: EmbeddedAws, began_at: datetime
) -> None:
    state = a_state(aws, a_spot_job(), began_at - timedelta(seconds=5400))
    state["decision"] = poll(deps, state, began_at - timedelta(seconds=3600))
    state["end"] = {"reason": "COMPLETED", "decided_at": format_timestamp(began_at)}
    state["confirmed"] = {
        "state": "ended",
        "confirmed_at": format_timestamp(began_at),
        "machine_ended_at": format_timestamp(began_at - timedelta(seconds=1800)),
    }
    event: Payload = {"state": state, "now": format_timestamp(began_at)}
    outcome = part_of(record_outcome.run(event, deps), "outcome")
    assert outcome["runtime_seconds"] == 3600
    # Half an hour at 1.2, half an hour at 2.4: on average 1.8 USD.
    assert Decimal(text_in(outcome, "estimated_cost_usd")) == Decimal("1.8000")
    assert "spot price history" in text_in(part_of(outcome, "cost_basis"), "source")
