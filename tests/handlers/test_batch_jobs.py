"""Jobs of AWS Batch, from their submission to their end, as the states drive them."""

import dataclasses
import json
from typing import Any

import pytest

import confirm_ended
import poll_termination_condition
import record_outcome
import submit_batch_job
import terminate_batch_job
import wait_for_running
import wake
from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.context import current
from embedded_aws_helpers.batch import IdleTasks
from embedded_aws_helpers.idle_containers import IdleContainers
from parris.entrypoint import Deps
from parris.errors import CapacityUnavailableError, LaunchFailedError, ResourceExistsError
from parris.job import Job
from parris.payloads import Payload, part_of
from parris.tags import EXECUTION_TAG
from parris.targets.batch.names import batch_job_name
from parris.targets.batch.request import submission_request
from parris.timestamps import format_timestamp
from tests.builders import BUCKET, some_limits
from tests.handlers.account import QUICK
from tests.handlers.conftest import put_json
from tests.handlers.virtual_time import await_result, let_pass
from tests.parris.targets.batch.builders import a_spec
from tests.targets.conformance.batch_stage import SOLD_OUT, a_batch_job, living

FAILS = IdleTasks(IdleContainers(exits_after_seconds=60, exit_code=3, log=b"no data\n"))
SUCCEEDS = IdleTasks(IdleContainers(exits_after_seconds=60))
IMAGE_RUNS = {"runs_image_command": True, "command": ("train",), "job_queue": "parris-batch"}


def now() -> str:
    return format_timestamp(current().clock.now())


def a_job(aws: EmbeddedAws, spec: dict[str, Any] | None = None, **changes: Any) -> Job:
    job = a_batch_job(aws, **changes)
    given = {"job_queue": "parris-batch", **(spec or {})}
    return dataclasses.replace(job, submitted_at=now(), spec=a_spec(**given).to_payload())


def launched(deps: Deps, job: Job) -> dict[str, Any]:
    state: dict[str, Any] = {"job": job.to_payload()}
    return submit_batch_job.run({"state": state, "now": now()}, deps)


def checked(deps: Deps, state: dict[str, Any]) -> Payload:
    state["run"] = wait_for_running.run({"state": state, "now": now()}, deps)
    return part_of(state, "run")


def running(deps: Deps, state: dict[str, Any]) -> dict[str, Any]:
    await_result(lambda: checked(deps, state), lambda run: run["status"] == "running")
    return state


def decided(deps: Deps, state: dict[str, Any]) -> Payload:
    """Return the first decision that ends the job."""

    def check() -> Payload:
        return poll_termination_condition.run({"state": state, "now": now()}, deps)

    state["decision"] = await_result(check, lambda found: found["reason"] is not None)
    state["end"] = {"reason": state["decision"]["reason"], "decided_at": now()}
    return part_of(state, "decision")


def step(deps: Deps, state: dict[str, Any]) -> str:
    state.setdefault("end", {"reason": "ABORTED", "decided_at": now()})
    state["cleanup"] = terminate_batch_job.run({"state": state, "now": now()}, deps)
    return str(state["cleanup"]["step"])


def confirmed(deps: Deps, state: dict[str, Any]) -> Payload:
    state["confirmed"] = confirm_ended.run({"state": state, "now": now()}, deps)
    return part_of(state, "confirmed")


def ended(deps: Deps, state: dict[str, Any]) -> list[str]:
    """Go through the end; `confirmed` has the last check."""
    steps: list[str] = []
    while len(steps) < 6:
        steps.append(step(deps, state))
        seen = await_result(lambda: confirmed(deps, state), lambda seen: seen["state"] != "ending")
        if seen["state"] == "ended":
            return steps
    raise AssertionError(f"it does not end: {steps}")


def recorded(deps: Deps, state: dict[str, Any]) -> Payload:
    return part_of(record_outcome.run({"state": state, "now": now()}, deps), "outcome")


def status_of(aws: EmbeddedAws, job_id: str) -> str:
    found = aws.client("batch").describe_jobs(jobs=[job_id])["jobs"][0]
    return str(found["status"])


@pytest.fixture
def aws_settings(request: pytest.FixtureRequest) -> AwsSettings:
    return dataclasses.replace(QUICK, **getattr(request, "param", {}))


def test_a_runner_is_asked_to_save_and_terminated_only_after_its_time(
    aws: EmbeddedAws, deps: Deps
) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    run, job_id = state["run"], state["launch"]["launch_id"]
    assert (run["machine_id"], run["carry"]["machine"]["instance_type"]) == (job_id, "m5.large")
    prefix = run["machine_prefix"]
    put_json(aws, f"{prefix}/started.json", {})
    assert step(deps, state) == "saving"
    steering = prefix.replace("machines/", "steering/")
    assert deps.aws.bucket.read(f"{steering}/stop.json") == b"{}"
    seen = confirmed(deps, state)
    assert (seen["state"], status_of(aws, job_id)) == ("ending", "RUNNING")
    # A cleanup sleeps until no event: it must see soon that the runner is done.
    assert seen["next_check_seconds"] == 3
    # The grace of 120 s, 300 s for the upload, and a minute.
    let_pass(479)
    seen = confirmed(deps, state)
    assert (seen["state"], seen["next_check_seconds"]) == ("ending", 1)
    let_pass(1)
    assert confirmed(deps, state)["state"] == "end-again"
    assert ended(deps, state) == ["deleting", "deleting"]
    assert (status_of(aws, job_id), living(aws)) == ("FAILED", set())
    outcome = recorded(deps, state)
    assert "could not be verified" in str(outcome["cause"])
    assert part_of(outcome, "target_details")["status_reason"] == "Parris ended the job"


@pytest.mark.parametrize("aws_settings", [{"batch_containers": FAILS}], indirect=True)
def test_the_images_own_command_ends_with_its_status_and_log(aws: EmbeddedAws, deps: Deps) -> None:
    state = running(deps, launched(deps, a_job(aws, IMAGE_RUNS)))
    decision = decided(deps, state)
    assert decision["reason"] == "SCRIPT_FAILED"
    assert "exited with status 3" in str(decision["cause"])
    assert "no data" in str(decision["cause"])
    ended(deps, state)
    outcome = recorded(deps, state)
    assert (outcome["reason"], outcome["exit_status"]) == ("SCRIPT_FAILED", 3)
    assert "could not be verified" not in str(outcome["cause"])


@pytest.mark.parametrize("aws_settings", [{"batch_containers": SUCCEEDS}], indirect=True)
def test_the_images_own_command_may_succeed(aws: EmbeddedAws, deps: Deps) -> None:
    state = running(deps, launched(deps, a_job(aws, IMAGE_RUNS)))
    assert decided(deps, state)["reason"] == "COMPLETED"
    assert ended(deps, state) == ["deleting"]
    assert living(aws) == set()


@pytest.mark.parametrize(
    "aws_settings", [{"batch_delays": BatchDelays(0, 1, 1, 0, 60, 0)}], indirect=True
)
def test_a_job_that_was_submitted_twice_is_terminated_and_counted(
    aws: EmbeddedAws, deps: Deps
) -> None:
    job = a_job(aws, IMAGE_RUNS)
    first = launched(deps, job)
    # Batch's list lags behind: a repeated submission cannot see the first one.
    again = launched(deps, job)
    ids = {first["launch"]["launch_id"], again["launch"]["launch_id"]}
    assert len(ids) == 2
    state = running(deps, again)
    let_pass(90)
    checked(deps, state)
    other = first["launch"]["launch_id"]
    await_result(lambda: status_of(aws, other), lambda status: status == "FAILED")
    assert status_of(aws, again["launch"]["launch_id"]) == "RUNNING"
    assert launched(deps, job)["launch"]["launch_id"] == again["launch"]["launch_id"]
    ended(deps, state)
    assert state["confirmed"]["billed_seconds"] > 90
    let_pass(60)
    assert living(aws) == set()


def test_a_job_of_someone_else_with_that_name_is_not_touched(aws: EmbeddedAws, deps: Deps) -> None:
    job = a_job(aws)
    first = launched(deps, job)
    request = submission_request(job, str(next(iter(living(aws)))))
    assert request["jobName"] == batch_job_name(job)
    let_pass(1)
    ended(deps, first)
    batch = aws.client("batch")
    definition = batch.register_job_definition(
        jobDefinitionName="other",
        type="container",
        containerProperties={
            "image": "image",
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    )["jobDefinitionArn"]
    other = dataclasses.replace(job, attempt=1)
    tags = {EXECUTION_TAG: "arn:of:someone"}
    batch.submit_job(
        jobName=batch_job_name(other), jobQueue="parris-batch", jobDefinition=definition, tags=tags
    )
    let_pass(1)
    with pytest.raises(ResourceExistsError, match="this run did not submit"):
        deps.target("batch").launch(other, current().clock.now())


def test_a_job_without_a_machine_says_what_it_waited_for(aws: EmbeddedAws, deps: Deps) -> None:
    state = launched(deps, a_job(aws, {"job_queue": SOLD_OUT, "runnable_timeout_seconds": 600}))
    let_pass(300)
    run = checked(deps, state)
    assert (run["status"], run["machine_prefix"]) == ("starting", None)
    let_pass(300)
    with pytest.raises(CapacityUnavailableError, match="within 10 min") as caught:
        checked(deps, state)
    assert "CAPACITY:" in str(caught.value)
    ended(deps, state)
    assert living(aws) == set()


def test_a_waiting_job_can_be_stopped_before_it_has_a_machine(aws: EmbeddedAws, deps: Deps) -> None:
    state = launched(deps, a_job(aws, {"job_queue": SOLD_OUT}))
    let_pass(5)
    wake.run({"request": "stop", "training_job_name": "iris", "requested_at": now()}, deps)
    assert checked(deps, state)["status"] == "running"
    assert decided(deps, state)["reason"] == "ABORTED"
    ended(deps, state)
    outcome = recorded(deps, state)
    assert (outcome["reason"], outcome["estimated_cost_usd"]) == ("ABORTED", "0.0000")
    assert living(aws) == set()


def test_a_job_that_no_machine_of_the_queue_fits_fails_at_once(
    aws: EmbeddedAws, deps: Deps
) -> None:
    state = launched(deps, a_job(aws, {"vcpus": "64", "memory_mib": 1000}))
    with pytest.raises(LaunchFailedError, match="MISCONFIGURATION"):
        await_result(lambda: checked(deps, state), lambda run: run["status"] == "running")


def test_the_events_of_batch_wake_the_run(aws: EmbeddedAws, deps: Deps) -> None:
    state = running(deps, launched(deps, a_job(aws, IMAGE_RUNS)))
    job_id = state["launch"]["launch_id"]
    detail = {"jobId": job_id, "jobName": "iris-0123456789abcdef", "status": "FAILED"}
    woken = wake.run({"source": "aws.batch", "detail": detail}, deps)
    assert woken["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.reported_state == "FAILED"


def test_a_limit_counts_from_the_start_of_the_container(aws: EmbeddedAws, deps: Deps) -> None:
    limits = some_limits(time_limit_seconds=3600)
    state = running(deps, launched(deps, a_job(aws, limits=limits)))
    steering = state["run"]["machine_prefix"].replace("machines/", "steering/")
    described = json.loads(deps.aws.bucket.read(f"{steering}/job.json") or b"{}")
    assert described["launched_at"] == state["run"]["launched_at"]
    definition = aws.client("batch").describe_job_definitions(status="ACTIVE")["jobDefinitions"][0]
    assert definition["timeout"]["attemptDurationSeconds"] == 3570
    assert BUCKET in definition["containerProperties"]["command"]


def test_a_job_whose_queue_was_deleted_ends(aws: EmbeddedAws, deps: Deps) -> None:
    state = running(deps, launched(deps, a_job(aws)))
    batch, job_id = aws.client("batch"), state["launch"]["launch_id"]
    batch.terminate_job(jobId=job_id, reason="by hand")
    await_result(lambda: status_of(aws, job_id), lambda status: status == "FAILED")
    state["job"]["spec"]["job_queue"] = "of-nobody"
    ended(deps, state)
    assert living(aws) == set()
