"""CreateStack: one stack for one execution, however often it is asked."""

import hashlib
import json
from dataclasses import replace

import pytest

import wait_for_running
from create_stack import run
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import (
    ConfigInvalidError,
    JobNameTakenError,
    LaunchFailedError,
    ResourceExistsError,
    SupersededError,
)
from parris.job import Job, UserFile
from parris.payloads import Payload, part_of
from parris.timestamps import format_timestamp
from tests.builders import BUCKET, EXECUTION_ARN, a_job, after, an_offer, some_limits
from tests.handlers.conftest import ec2_of, put_json
from tests.handlers.virtual_time import await_result

NOW = "2026-11-21T00:00:00.000Z"
BODY = b"exit 0\n"
SCRIPT = UserFile("train.sh", f"s3://{BUCKET}/train.sh", hashlib.sha256(BODY).hexdigest())


@pytest.fixture(autouse=True)
def script(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", BODY)


def launch(deps: Deps, job: Job) -> Payload:
    answer = run({"state": {"job": job.to_payload()}, "now": NOW}, deps)
    return part_of(answer, "launch")


def a_machine(aws: EmbeddedAws) -> str:
    """Return the ARN of an execution that sleeps."""
    states = aws.client("stepfunctions")
    definition = {
        "StartAt": "Sleep",
        "States": {"Sleep": {"Type": "Wait", "Seconds": 600, "End": True}},
    }
    machine = states.create_state_machine(
        name="parris-training",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/x",
    )
    execution: str = states.start_execution(stateMachineArn=machine["stateMachineArn"])[
        "executionArn"
    ]
    return execution


def test_the_stack_carries_its_owner(deps: Deps, aws: EmbeddedAws) -> None:
    launched = launch(deps, a_job(script=SCRIPT))
    stack = ec2_of(deps).stacks.find(str(launched["launch_id"]))
    assert stack is not None
    assert stack.tags["parris:execution"] == EXECUTION_ARN
    assert stack.tags["parris:deployment"] == "parris"


def test_nothing_is_written_for_a_machine_that_is_not_there_yet(
    deps: Deps, aws: EmbeddedAws
) -> None:
    launch(deps, a_job(script=SCRIPT))
    listed = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [one["Key"] for one in listed] == ["train.sh"]


def test_asking_twice_makes_one_stack(deps: Deps, aws: EmbeddedAws) -> None:
    first = launch(deps, a_job(script=SCRIPT))
    assert launch(deps, a_job(script=SCRIPT))["launch_id"] == first["launch_id"]
    assert len(aws.client("cloudformation").describe_stacks()["Stacks"]) == 1


@pytest.mark.parametrize(("validated", "expected"), [("/dev/xvdz", "/dev/xvdz"), ("", "/dev/sda1")])
def test_the_volume_is_the_root_device_that_the_validation_found_or_else_the_images(
    deps: Deps, aws: EmbeddedAws, validated: str, expected: str
) -> None:
    launch(deps, a_job(script=SCRIPT, instance_type="g5.xlarge", root_device_name=validated))
    (stack,) = aws.client("cloudformation").describe_stacks()["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["RootDeviceName"] == expected


def test_a_name_that_a_living_run_holds_is_refused(deps: Deps, aws: EmbeddedAws) -> None:
    holder = a_machine(aws)
    deps.aws.jobs_table.claim("iris", holder, NOW)
    with pytest.raises(JobNameTakenError, match="not touched"):
        launch(deps, a_job(script=SCRIPT))
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_a_name_that_a_dead_run_held_is_taken_over(deps: Deps, aws: EmbeddedAws) -> None:
    holder = a_machine(aws)
    aws.client("stepfunctions").stop_execution(executionArn=holder)
    deps.aws.jobs_table.claim("iris", holder, NOW)
    launch(deps, a_job(script=SCRIPT))
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.execution_arn == EXECUTION_ARN


def test_a_stack_of_somebody_else_is_refused_and_not_touched(deps: Deps, aws: EmbeddedAws) -> None:
    template = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="parris-iris", TemplateBody=json.dumps(template))
    with pytest.raises(ResourceExistsError, match="did not create"):
        launch(deps, a_job(script=SCRIPT))
    (stack,) = cloudformation.describe_stacks()["Stacks"]
    assert stack["StackStatus"].startswith("CREATE_")


def test_a_script_that_changed_after_validation_is_refused(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", b"exit 1\n")
    with pytest.raises(ConfigInvalidError, match="changed after validation"):
        launch(deps, a_job(script=SCRIPT))
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_a_later_run_that_holds_the_name_is_not_replaced_by_an_earlier_one(
    deps: Deps, aws: EmbeddedAws
) -> None:
    deps.aws.jobs_table.claim("iris", a_machine(aws), "2026-11-21T00:00:00.000Z")
    job = a_job(script=SCRIPT, replaces_another=True, submitted_at="2026-11-20T00:00:00.000Z")
    with pytest.raises(SupersededError):
        launch(deps, job)


def test_a_stack_that_a_dead_run_left_is_deleted_and_made_again(
    deps: Deps, aws: EmbeddedAws
) -> None:
    dead = a_machine(aws)
    left = launch(deps, a_job(script=SCRIPT, execution_arn=dead))
    aws.client("stepfunctions").stop_execution(executionArn=dead)
    again = a_job(script=SCRIPT, replaces_another=True, submitted_at=NOW)
    launched = await_result(lambda: launch(deps, again), lambda one: bool(one["is_requested"]))
    assert launched["launch_id"] != left["launch_id"]


def test_a_stack_of_somebody_else_is_not_replaced_either(deps: Deps, aws: EmbeddedAws) -> None:
    template = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    aws.client("cloudformation").create_stack(StackName="parris-iris", TemplateBody=template)
    with pytest.raises(ResourceExistsError):
        launch(deps, a_job(script=SCRIPT, replaces_another=True))


def subnet_in(aws: EmbeddedAws, zone: str) -> str:
    if not zone:
        return ""
    filters = [{"Name": "availability-zone", "Values": [zone]}]
    (subnet,) = aws.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    return str(subnet["SubnetId"])


@pytest.mark.parametrize(
    "cannot_be_had",
    [("p3.2xlarge", ""), ("p4d.24xlarge", ""), ("t3.micro", "us-east-1e")],
    ids=["out of stock", "beyond the quota", "not in this zone"],
)
def test_the_next_machine_is_tried_once_the_failed_stack_is_gone(
    deps: Deps, aws: EmbeddedAws, cannot_be_had: tuple[str, str]
) -> None:
    instance_type, zone = cannot_be_had
    offers = (
        an_offer(instance_type, subnet_id=subnet_in(aws, zone)),
        an_offer("t3.micro"),
    )
    job = a_job(script=SCRIPT, offers=offers).with_offer(0)
    # As ValidateConfig has it: the image with drivers needs that much.
    job = replace(job, spec={**job.spec, "volume_size_gib": 75})
    state = run({"state": {"job": job.to_payload()}, "now": NOW}, deps)
    state["run"] = await_result(
        lambda: wait_for_running.run({"state": state, "now": NOW}, deps),
        lambda run_state: run_state["status"] != "starting",
    )
    assert part_of(state, "run")["status"] == "no-capacity"

    def launch_next() -> Payload:
        nonlocal state
        state = run({"state": state, "now": NOW}, deps)
        return part_of(state, "launch")

    await_result(launch_next, lambda one: bool(one["is_requested"]))
    machine = part_of(part_of(state, "job"), "spec")
    assert (machine["instance_type"], machine["subnet_id"]) == ("t3.micro", "")


def test_nothing_is_launched_once_the_clock_time_of_the_job_has_come(
    deps: Deps, aws: EmbeddedAws
) -> None:
    limits = some_limits().with_clock_time(after(3600), after(0))
    state: Payload = {"job": a_job(script=SCRIPT, limits=limits).to_payload()}
    with pytest.raises(LaunchFailedError, match="2026-11-20 13:00:00 UTC"):
        run({"state": state, "now": format_timestamp(after(3599))}, deps)
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []
    launched = run({"state": state, "now": format_timestamp(after(600))}, deps)
    assert part_of(part_of(launched, "job"), "limits")["clock_limit_seconds"] == 3000
