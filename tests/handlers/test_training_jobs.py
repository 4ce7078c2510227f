"""Training jobs of SageMaker, from their launch to their end, as the states drive them."""

import dataclasses
import json
import re
from datetime import timedelta
from typing import Any

import pytest

import confirm_ended
import create_training_job
import poll_termination_condition
import record_outcome
import stop_training_job
import wait_for_running
import wake
from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from embedded_aws.context import current
from embedded_aws_helpers.idle_containers import IdleContainers
from parris.costs.rate import Rate
from parris.entrypoint import Deps
from parris.errors import LaunchFailedError, QuotaError, ResourceExistsError
from parris.job import Job
from parris.payloads import Payload, part_of, parts_in
from parris.tags import owner_tags
from parris.targets.inventory import find_resources
from parris.targets.sagemaker.aws.training_jobs import TrainingJobs
from parris.targets.sagemaker.names import role_name, training_job_name
from parris.timestamps import format_timestamp
from tests.builders import BUCKET, a_rate, some_limits
from tests.handlers.account import QUICK
from tests.handlers.conftest import put_json
from tests.handlers.test_ending import BODY, SCRIPT
from tests.handlers.virtual_time import await_result, let_pass
from tests.parris.targets.sagemaker.builders import a_sagemaker_job, a_spec
from tests.targets.conformance.stages import SageMakerStage

SCRIPT_FAILS = IdleContainers(
    exits_after_seconds=60,
    exit_code=3,
    log=b"loading\nno data\n",
    writes={"output/failure": b"ValueError: no data"},
)
SCRIPT_SUCCEEDS = IdleContainers(
    exits_after_seconds=60, log=b"loss=0.25\n", writes={"model/weights": b"1"}
)
POLICY = "job"


def now() -> str:
    return format_timestamp(current().clock.now())


def a_job(aws: EmbeddedAws, **changes: Any) -> Job:
    put_json(aws, "train.sh", BODY)
    job = a_sagemaker_job(script=SCRIPT, **changes)
    return dataclasses.replace(job, submitted_at=now())


def launched(deps: Deps, job: Job) -> dict[str, Any]:
    state: dict[str, Any] = {"job": job.to_payload()}
    return create_training_job.run({"state": state, "now": now()}, deps)


def running(deps: Deps, state: dict[str, Any]) -> dict[str, Any]:
    def check() -> Payload:
        state["run"] = wait_for_running.run({"state": state, "now": now()}, deps)
        return part_of(state, "run")

    await_result(check, lambda run: run["status"] == "running")
    return state


def decided(deps: Deps, state: dict[str, Any], pause_seconds: int = 1) -> Payload:
    """Return the first decision that ends the job."""

    def check() -> Payload:
        return poll_termination_condition.run({"state": state, "now": now()}, deps)

    state["decision"] = await_result(
        check, lambda found: found["reason"] is not None, pause_seconds
    )
    state["end"] = {"reason": state["decision"]["reason"], "decided_at": now()}
    return part_of(state, "decision")


def ended(
    deps: Deps, state: dict[str, Any], reason: str = "ABORTED", pause_seconds: int = 1
) -> list[str]:
    """Go through the end; `confirmed` has the last check."""
    state.setdefault("end", {"reason": reason, "decided_at": now()})
    steps: list[str] = []
    while len(steps) < 6:
        state["cleanup"] = stop_training_job.run({"state": state, "now": now()}, deps)
        steps.append(state["cleanup"]["step"])

        def check() -> Payload:
            state["confirmed"] = confirm_ended.run({"state": state, "now": now()}, deps)
            return part_of(state, "confirmed")

        seen = await_result(check, lambda seen: seen["state"] != "ending", pause_seconds)
        if seen["state"] == "ended":
            return steps
    raise AssertionError(f"it does not end: {steps}")


def recorded(deps: Deps, state: dict[str, Any]) -> Payload:
    return part_of(record_outcome.run({"state": state, "now": now()}, deps), "outcome")


def described(aws: EmbeddedAws, state: dict[str, Any]) -> dict[str, Any]:
    name = state["launch"]["launch_id"]
    found: dict[str, Any] = aws.client("sagemaker").describe_training_job(TrainingJobName=name)
    return found


@pytest.fixture
def aws_settings(request: pytest.FixtureRequest) -> AwsSettings:
    changes = getattr(request, "param", {})
    return dataclasses.replace(QUICK, **changes)


def in_account(**changes: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("aws_settings", [changes], indirect=True)


@in_account(training_containers=SCRIPT_SUCCEEDS)
def test_a_script_that_succeeds_is_recorded_with_its_model_and_metrics(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job = a_job(aws, metrics={"loss": "loss=([0-9.]+)"})
    state = running(deps, launched(deps, job))
    assert decided(deps, state)["reason"] == "COMPLETED"
    assert ended(deps, state) == ["deleting"]
    outcome = recorded(deps, state)
    details = part_of(outcome, "target_details")
    assert outcome["exit_status"] == 0
    assert part_of(part_of(outcome, "metrics"), "loss")["value"] == 0.25
    assert part_of(details, "results")["has_model"] is True
    name = state["launch"]["launch_id"]
    key = f"machines/{name}/results/{name}/output/model.tar.gz"
    aws.client("s3").head_object(Bucket=BUCKET, Key=key)
    assert find_resources(deps.settings, deps.aws) == ()


@in_account(training_containers=SCRIPT_FAILS)
def test_a_script_that_fails_says_why(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    decision = decided(deps, state)
    assert decision["reason"] == "SCRIPT_FAILED"
    assert "status 3" in str(decision["cause"])
    assert "ValueError: no data" in str(decision["cause"])
    assert str(decision["cause"]).endswith("no data")  # the end of its log
    ended(deps, state)
    assert recorded(deps, state)["exit_status"] == 3


def test_a_job_at_its_limit_is_ended_by_sagemaker_itself(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, launched(deps, a_job(aws, limits=some_limits(time_limit_seconds=600))))
    assert decided(deps, state, pause_seconds=30)["reason"] == "TIME_LIMIT"
    assert ended(deps, state) == ["deleting"]
    found = described(aws, state)
    assert found["SecondaryStatus"] == "MaxRuntimeExceeded"
    outcome = recorded(deps, state)
    assert outcome["reason"] == "TIME_LIMIT"
    assert found["BillableTimeInSeconds"] == state["confirmed"]["billed_seconds"] <= 600
    details = part_of(outcome, "target_details")
    assert details["billable_seconds"] == found["BillableTimeInSeconds"]


@in_account(training_containers=IdleContainers(writes={"model/weights": b"1"}))
def test_a_limit_is_the_reason_even_if_the_upload_after_it_fails(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job = a_job(
        aws,
        spec=a_spec(output_uri="s3://no-such-bucket/models/"),
        limits=some_limits(time_limit_seconds=600),
    )
    state = running(deps, launched(deps, job))
    assert decided(deps, state, pause_seconds=30)["reason"] == "TIME_LIMIT"
    assert ended(deps, state) == ["deleting"]
    assert described(aws, state)["TrainingJobStatus"] == "Failed"
    outcome = recorded(deps, state)
    assert outcome["reason"] == "TIME_LIMIT"
    assert "what the job saved was not uploaded: ClientError" in str(outcome["cause"])


def test_an_event_wakes_a_launch_that_no_check_has_recorded(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, a_job(aws))
    detail: Payload = {
        "TrainingJobName": state["launch"]["launch_id"],
        "TrainingJobStatus": "InProgress",
        "SecondaryStatus": "Downloading",
    }
    event: Payload = {"source": "aws.sagemaker", "detail": detail}
    assert wake.run(event, deps)["was_notified"] is True


def test_a_job_that_is_stopped_before_it_runs_costs_nothing(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, a_job(aws))
    state["run"] = wait_for_running.run({"state": state, "now": now()}, deps)
    assert state["run"]["status"] == "starting"
    assert ended(deps, state)[0] == "saving"
    outcome = recorded(deps, state)
    assert (outcome["reason"], outcome["estimated_cost_usd"]) == ("ABORTED", "0.0000")


def test_a_job_that_is_to_end_is_stopped_and_saves(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    let_pass(60)
    assert ended(deps, state) == ["saving", "deleting"]
    assert described(aws, state)["SecondaryStatus"] == "Stopped"
    outcome = recorded(deps, state)
    assert (outcome["reason"], outcome["kept"]) == ("ABORTED", [])


@in_account(training_containers=SCRIPT_SUCCEEDS)
def test_a_stop_that_comes_too_late_is_no_error(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    let_pass(300)
    # The plan was made while it ran, and the call comes after its end.
    TrainingJobs(aws.client("sagemaker")).stop(state["launch"]["launch_id"])
    assert ended(deps, state) == ["deleting"]


def test_a_job_that_somebody_stops_is_lost(deps: Deps, aws: EmbeddedAws) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    aws.client("sagemaker").stop_training_job(TrainingJobName=state["launch"]["launch_id"])
    decision = decided(deps, state)
    assert decision["reason"] == "INSTANCE_LOST"
    assert "stopped from outside" in str(decision["cause"])


@in_account(instance_types_beyond_quota=frozenset({"ml.p3.2xlarge", "ml.m5.large"}))
def test_a_quota_that_is_used_up_leads_to_the_next_offer(deps: Deps, aws: EmbeddedAws) -> None:
    first, second = SageMakerStage.examples.offers
    fitting = dataclasses.replace(second, spec={"instance_type": "ml.c5.xlarge"})
    job = a_job(aws, offers=(first, fitting)).with_offer(0)
    refused = launched(deps, job)
    assert refused["launch"]["is_requested"] is False
    state = create_training_job.run({"state": refused, "now": now()}, deps)
    assert part_of(state, "launch")["is_requested"] is True
    assert part_of(state, "job")["attempt"] == 1
    with pytest.raises(QuotaError, match=re.escape("ml.p3.2xlarge")):
        launched(deps, dataclasses.replace(job, offers=(first,)))


@in_account(enforce_roles=True)
def test_a_role_that_has_not_spread_is_waited_for_and_not_for_ever(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job, iam = a_job(aws), aws.client("iam")
    # As it looks to SageMaker until IAM has spread the role: nobody may assume it.
    iam.create_role(
        RoleName=role_name(job),
        Path="/parris/parris/us-east-1/",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
        Tags=[{"Key": key, "Value": value} for key, value in owner_tags(job).items()],
    )
    state = launched(deps, job)
    assert state["launch"]["is_requested"] is False
    let_pass(timedelta(minutes=4).total_seconds())
    with pytest.raises(LaunchFailedError, match="Could not assume role"):
        create_training_job.run({"state": state, "now": now()}, deps)


def test_a_name_that_somebody_else_has_taken_is_not_touched(deps: Deps, aws: EmbeddedAws) -> None:
    job = a_job(aws)
    launched(deps, job)
    name = training_job_name(job)
    arn = aws.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobArn"]
    aws.client("sagemaker").delete_tags(ResourceArn=arn, TagKeys=["parris:execution"])
    with pytest.raises(ResourceExistsError):
        launched(deps, job)
    assert described(aws, {"launch": {"launch_id": name}})["TrainingJobStatus"] == "InProgress"


def test_what_a_creator_that_was_killed_has_launched_is_found_and_ended(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job = a_job(aws)
    name = launched(deps, job)["launch"]["launch_id"]
    state: dict[str, Any] = {"job": job.to_payload()}  # nothing was written down
    assert ended(deps, state) == ["saving", "deleting"]
    assert described(aws, {"launch": {"launch_id": name}})["TrainingJobStatus"] == "Stopped"
    assert find_resources(deps.settings, deps.aws) == ()


@in_account(training_containers=SCRIPT_SUCCEEDS)
def test_a_warm_pool_stays_for_the_next_job_and_is_part_of_the_cost(
    deps: Deps, aws: EmbeddedAws
) -> None:
    part = dataclasses.replace(a_rate().components[0], part="instance", reserve_seconds=1800)
    job = a_job(aws, rate=Rate((part,)))
    job = dataclasses.replace(job, spec=a_spec(keep_alive_seconds=1800).to_payload())
    state = running(deps, launched(deps, job))
    decided(deps, state)
    (pool, _) = find_resources(deps.settings, deps.aws)
    assert (pool.kind, pool.is_billed, pool.is_left_behind) == ("warm pool", True, True)
    assert ended(deps, state, pause_seconds=60) == ["deleting"]
    assert described(aws, state)["WarmPoolStatus"]["Status"] == "Terminated"
    assert find_resources(deps.settings, deps.aws) == ()
    outcome = recorded(deps, state)
    (instance,) = parts_in(part_of(outcome, "cost_basis"), "components")
    trained = part_of(outcome, "target_details")["billable_seconds"]
    assert instance["billed_seconds"] == pytest.approx(int(str(trained)) + 1800, abs=61)


@in_account(training_containers=SCRIPT_SUCCEEDS)
def test_a_warm_pool_is_released_at_once_if_a_stop_came_too_late(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job = a_job(aws)
    job = dataclasses.replace(job, spec=a_spec(keep_alive_seconds=1800).to_payload())
    state = running(deps, launched(deps, job))
    let_pass(300)
    began_at = current().clock.now()
    assert ended(deps, state, "ABORTED") == ["deleting"]
    assert current().clock.now() - began_at < timedelta(minutes=1)
    assert described(aws, state)["WarmPoolStatus"]["Status"] == "Terminated"


def test_a_job_has_a_role_of_its_own_that_goes_with_it(deps: Deps, aws: EmbeddedAws) -> None:
    job, iam = a_job(aws), aws.client("iam")
    state = running(deps, launched(deps, job))
    role = iam.get_role(RoleName=role_name(job))["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/boundary")
    assert iam.get_role_policy(RoleName=role_name(job), PolicyName=POLICY)
    ended(deps, state)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=role_name(job))


def test_a_lost_job_is_tried_again_and_continues_from_the_checkpoints(
    deps: Deps, aws: EmbeddedAws
) -> None:
    offer = SageMakerStage.examples.offers[1]
    limits = some_limits(time_limit_seconds=36_000)
    job = a_job(aws, max_attempts=2, offers=(offer,), limits=limits).with_offer(0)
    state = running(deps, launched(deps, job))
    first = described(aws, state)
    aws.client("sagemaker").stop_training_job(TrainingJobName=first["TrainingJobName"])
    assert decided(deps, state)["reason"] == "INSTANCE_LOST"
    ended(deps, state)
    following = part_of(part_of(part_of(state, "confirmed"), "attempt"), "next")
    again: dict[str, Any] = {"job": {**state["job"], **following}}
    again |= create_training_job.run({"state": again, "now": now()}, deps)
    second = described(aws, running(deps, again))
    assert second["TrainingJobName"] != first["TrainingJobName"]
    assert second["CheckpointConfig"] == first["CheckpointConfig"]
    assert second["OutputDataConfig"] != first["OutputDataConfig"]
    again["end"] = {"reason": "ABORTED", "decided_at": now()}
    ended(deps, again)
    attempts = parts_in(recorded(deps, again), "attempts")
    assert [one["reason"] for one in attempts] == ["INSTANCE_LOST", "ABORTED"]
    assert find_resources(deps.settings, deps.aws) == ()
