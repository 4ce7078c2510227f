"""WaitForRunning of machines that end, or take long, before their stack is complete."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason

import poll_termination_condition
import wait_for_running
from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import IMAGE_ID
from parris.aws.machine_notes import note_machine
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of
from parris.timestamps import format_timestamp, parse_timestamp
from tests.builders import BUCKET, LAUNCHED_AT, a_job
from tests.handlers.conftest import noted, put_json, settings_of
from tests.handlers.test_ending import BODY, SCRIPT, until
from tests.handlers.virtual_time import await_result


def launching(aws: EmbeddedAws, profile: str, create_seconds: float) -> Payload:
    """Start a user's own stack, and return the event of a poll of it."""
    context = aws.context
    context.settings = dataclasses.replace(context.settings, stack_create_seconds=create_seconds)
    put_json(aws, "train.sh", BODY)
    instance = {
        "ImageId": IMAGE_ID,
        "InstanceType": "t3.micro",
        "IamInstanceProfile": profile,
    }
    template = {"Resources": {"One": {"Type": "AWS::EC2::Instance", "Properties": instance}}}
    launch_id = aws.client("cloudformation").create_stack(
        StackName="parris-iris", TemplateBody=json.dumps(template)
    )["StackId"]
    job = a_job(script=SCRIPT, boot_timeout_seconds=60)
    return {
        "job": job.to_payload(),
        "launch": {"launch_id": launch_id, "created_at": format_timestamp(LAUNCHED_AT)},
        "now": format_timestamp(LAUNCHED_AT),
    }


def instance_of(aws: EmbeddedAws, launch_id: object) -> Any:
    """Return the instance of a stack as soon as there is one."""
    stacks = aws.client("cloudformation")
    resources = await_result(
        lambda: stacks.describe_stack_resources(StackName=str(launch_id))["StackResources"],
        lambda found: bool(found) and "PhysicalResourceId" in found[0],
    )
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    return backend.get_instance(resources[0]["PhysicalResourceId"])


def checked(deps: Deps, event: Payload, seconds: float) -> Payload:
    """Look at the launch so many seconds after it."""
    now = parse_timestamp(str(event["now"])) + timedelta(seconds=seconds)
    return wait_for_running.run({"state": event, "now": format_timestamp(now)}, deps)


A_SUCCESS: Payload = {
    "exit_status": 0,
    "signal": None,
    "ended_by": "script",
    "ended_at": "2026-11-21T00:00:00Z",
    "last_log_lines": [],
    "results": {"object_count": 0, "total_bytes": 0, "complete": True},
    "is_final": True,
}
SHUT_DOWN_BY_ITSELF = "Client.InstanceInitiatedShutdown"
FAILED_TO_LAUNCH = "Client.InternalError"


@pytest.mark.parametrize("state", ["shutting-down", "stopped", "terminated"])
def test_a_machine_that_is_over_before_it_was_given_its_files_is_left_to_poll(
    deps: Deps, aws: EmbeddedAws, state: str
) -> None:
    """EC2 names no instance profile of a terminated instance: that is no sign of a bad template."""
    event = launching(aws, settings_of(deps).instance_profile, create_seconds=0.1)
    instance = instance_of(aws, part_of(event, "launch")["launch_id"])
    end_as(instance, state, SHUT_DOWN_BY_ITSELF)
    run = until(lambda: checked(deps, event, 10), "status", "running")
    assert (run["machine_id"], run["machine_prefix"]) == (instance.id, None)
    assert run["launched_at"] is not None
    listed = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="steering/")
    assert listed["KeyCount"] == 0
    if state == "shutting-down":
        return
    job = a_job(script=SCRIPT)
    deps.aws.jobs_table.claim("iris", job.execution_arn, format_timestamp(LAUNCHED_AT))
    decision = poll_termination_condition.run(
        {"state": {**event, "run": run}, "now": event["now"]}, deps
    )
    assert decision["reason"] == "LAUNCH_FAILED"
    assert "the machine stopped before its runner started" in str(decision["cause"])


def test_what_an_earlier_machine_of_the_job_wrote_says_nothing_about_the_next(
    deps: Deps, aws: EmbeddedAws
) -> None:
    """machine.json names the earlier one until the next one is given its files."""
    job, earlier = a_job(script=SCRIPT), "machines/AROA1:i-earlier"
    note_machine(job, "i-earlier", earlier, deps.aws.bucket)
    put_json(aws, f"{earlier}/started.json", {})
    put_json(aws, f"{earlier}/exit.json", A_SUCCESS)
    event = launching(aws, settings_of(deps).instance_profile, create_seconds=0.1)
    instance = instance_of(aws, part_of(event, "launch")["launch_id"])
    end_as(instance, "terminated", SHUT_DOWN_BY_ITSELF)
    run = until(lambda: checked(deps, event, 10), "status", "running")
    deps.aws.jobs_table.claim("iris", job.execution_arn, format_timestamp(LAUNCHED_AT))
    state = {**event, "run": run}
    decision = poll_termination_condition.run({"state": state, "now": event["now"]}, deps)
    assert decision["reason"] == "LAUNCH_FAILED"
    assert "the machine stopped before its runner started" in str(decision["cause"])


@pytest.mark.parametrize(
    ("why", "seconds", "status"),
    [
        (SHUT_DOWN_BY_ITSELF, 59, "running"),
        # CloudFormation reports it, for instance that a type has no capacity.
        (FAILED_TO_LAUNCH, 59, "starting"),
        (FAILED_TO_LAUNCH, 60, "running"),
    ],
)
def test_of_a_machine_that_ec2_ended_while_its_stack_is_created_cloudformation_says_why(
    deps: Deps, aws: EmbeddedAws, why: str, seconds: int, status: str
) -> None:
    event = launching(aws, settings_of(deps).instance_profile, create_seconds=3600)
    instance = instance_of(aws, part_of(event, "launch")["launch_id"])
    end_as(instance, "terminated", why)
    launched_at = parse_timestamp(str(checked(deps, event, 0)["launched_at"]))
    event["now"] = format_timestamp(launched_at)
    assert checked(deps, event, seconds)["status"] == status


def end_as(instance: Any, state: str, why: str) -> None:
    """Let EC2 say that an instance has ended so, without an end of it."""
    instance._state.name = state
    instance.state_reason = StateReason(why, why)
    if state == "terminated":
        instance.ec2_backend.iam_instance_profile_associations.pop(instance.id, None)


@pytest.mark.parametrize(
    ("state", "status", "next_check_seconds"),
    # The boot timeout is over: a machine that EC2 has not booted yet cannot have met it.
    [("pending", "starting", 60), ("running", "running", 1)],
)
def test_the_boot_timeout_does_not_count_for_a_machine_that_has_not_booted_yet(
    deps: Deps, aws: EmbeddedAws, state: str, status: str, next_check_seconds: int
) -> None:
    event = launching(aws, settings_of(deps).instance_profile, create_seconds=3600)
    instance = instance_of(aws, part_of(event, "launch")["launch_id"])
    instance._state.name = state
    launched_at = parse_timestamp(str(checked(deps, event, 0)["launched_at"]))
    event["now"] = format_timestamp(launched_at)
    event["launch"] = {**part_of(event, "launch"), "created_at": format_timestamp(launched_at)}
    found = checked(deps, event, 60)
    assert (found["status"], found["next_check_seconds"]) == (status, next_check_seconds)


@pytest.mark.parametrize(
    ("seconds", "has_started", "status", "next_check_seconds"),
    [(59, False, "starting", 1), (60, False, "running", 1), (60, True, "starting", 60)],
)
def test_a_stack_that_takes_longer_than_the_boot_timeout_waits_for_it_where_the_runner_started(
    deps: Deps,
    aws: EmbeddedAws,
    seconds: int,
    has_started: bool,
    status: str,
    next_check_seconds: int,
) -> None:
    event = launching(aws, settings_of(deps).instance_profile, create_seconds=3600)
    seen = until(lambda: checked(deps, event, 0), "status", "starting")
    if has_started:
        put_json(aws, noted(deps, Job.from_payload(part_of(event, "job"))).folder.started_key, {})
    launched_at = parse_timestamp(str(seen["launched_at"]))
    event["now"] = format_timestamp(launched_at + timedelta(seconds=seconds))
    event["launch"] = {**part_of(event, "launch"), "created_at": format_timestamp(launched_at)}
    found = checked(deps, event, 0)
    assert (found["status"], found["next_check_seconds"]) == (status, next_check_seconds)
