"""The paths of a training job. Together they use every permission that the template gives.

A permission that is new in the template needs a path here that uses it.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.s3.models import s3_backends

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.roles import allow, make_role
from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed, Ended
from tests.permissions.template_permissions import TEMPLATE

OWN_ROLE = "own-trainer"
OUT_OF_STOCK = "p3.2xlarge"
SECONDS = 300
KILLS_ITS_RUNNER = "kill -9 $PPID; sleep 60\n"
# What schedules and messages start: a whole config, since nobody uploads one for them.
QUICK_JOB = {
    "training-job-name": "clicked",
    "termination-method": "on-complete",
    "training-script-filename": "quick.sh",
    "instance-type": "t3.micro",
}
READS_ITS_OWN_PLACE = """set -e
user_id=$(aws sts get-caller-identity --query UserId --output text)
aws s3 cp "s3://{bucket}/machines/$user_id/started.json" -
"""
STOPS_WHEN_TOLD = f"trap 'exit 0' TERM\n{ENDLESS}"

Scenario = Callable[[Deployed, EmbeddedAws], None]


def make_own_role(aws: EmbeddedAws) -> str:
    """Make a role, and its profile, as a person would have one for his trainers."""
    bucket = allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"])
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
    arn = make_role(aws, OWN_ROLE, bucket, logs, trusts={"Service": "ec2.amazonaws.com"})
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName=OWN_ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=OWN_ROLE, RoleName=OWN_ROLE)
    return arn


def everyday(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a job that saves a result."""
    script = 'echo said\necho 1 > "$PARRIS_RESULTS_DIR/result"\n'
    _reason(deployed.end_of(deployed.start("everyday", script), SECONDS), "COMPLETED")


def over_time(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a job that its time limit ends."""
    started = deployed.start(
        "over-time",
        STOPS_WHEN_TOLD,
        termination_method="at-fixed-time",
        termination_options={"time-limit": 12 / 3600},
    )
    _reason(deployed.end_of(started, SECONDS), "TIME_LIMIT")


def kept_and_requested(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the end of a job whose machine is to be kept."""
    started = deployed.start("kept", STOPS_WHEN_TOLD, on_termination="stop-instance")
    deployed.wait_for_file(started, "started.json", SECONDS)
    assert request_stop(deployed.account, "kept", started.execution_arn, datetime.now(UTC))
    _reason(deployed.end_of(started, SECONDS), "ABORTED")


def replaced(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let one run take the place of another that lives."""
    first = deployed.start("replaced", STOPS_WHEN_TOLD)
    deployed.wait_for_file(first, "started.json", SECONDS)
    second = deployed.start("replaced", "exit 0\n", stack_replacement=True)
    _reason(deployed.end_of(first, SECONDS), "SUPERSEDED")
    _reason(deployed.end_of(second, SECONDS), "COMPLETED")


def left_by_the_dead(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Take over a name whose run was killed, which left its stack behind."""
    first = deployed.start("left", ENDLESS)
    deployed.wait_for_file(first, "started.json", SECONDS)
    aws.client("stepfunctions").stop_execution(executionArn=first.execution_arn)
    second = deployed.start("left", "exit 0\n", stack_replacement=True)
    _reason(deployed.end_of(second, SECONDS), "COMPLETED")


def stopped_by_hand(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop an execution, whose machine a cleanup ends; one for a run that never was finds none."""
    started = deployed.start("stopped", STOPS_WHEN_TOLD)
    deployed.wait_for_file(started, "started.json", SECONDS)
    steps = aws.client("stepfunctions")
    machines = steps.list_state_machines()["stateMachines"]
    (arn,) = [m["stateMachineArn"] for m in machines if m["name"] == "parris-cleanup"]
    nobody = json.dumps({"executionArn": f"{started.execution_arn}-that-never-was"})
    steps.start_execution(stateMachineArn=arn, name="of-nobody", input=nobody)
    steps.stop_execution(executionArn=started.execution_arn)
    _await_cleanups_of(started.execution_arn, arn, aws)
    # Another one finds the end recorded, and looks whether something is left all the same.
    again = json.dumps({"executionArn": started.execution_arn})
    steps.start_execution(stateMachineArn=arn, name="again", input=again)
    _await_cleanups_of(started.execution_arn, arn, aws)
    ended = deployed.end_of(started)
    assert (ended.outcome["reason"], ended.left) == ("ABORTED", []), ended


def _await_cleanups_of(execution_arn: str, machine_arn: str, aws: EmbeddedAws) -> None:
    """Wait until all cleanups of a run have ended: the first one's final check takes minutes."""
    steps, ends_at = aws.client("stepfunctions"), time.monotonic() + SECONDS
    statuses = {"RUNNING"}
    while not statuses or "RUNNING" in statuses:
        assert time.monotonic() < ends_at, f"the cleanup of {execution_arn} has not ended"
        time.sleep(1)
        listed = steps.list_executions(stateMachineArn=machine_arn)["executions"]
        found = [steps.describe_execution(executionArn=one["executionArn"]) for one in listed]
        statuses = {
            one["status"]
            for one in found
            if json.loads(one["input"])["executionArn"] == execution_arn
        }
    assert statuses == {"SUCCEEDED"}


def reaped(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let the reaper wake a run that was called and not woken, and find what a dead one left."""
    outputs, dynamodb = _outputs(aws), aws.client("dynamodb")
    started = deployed.start("called", STOPS_WHEN_TOLD)
    deployed.wait_for_file(started, "started.json", SECONDS)
    item = _await_sleep(outputs["JobsTableName"], "called", aws)
    dynamodb.update_item(
        TableName=outputs["JobsTableName"],
        Key={"item": item["item"]},
        UpdateExpression="SET stop_requested_at = :now",
        ExpressionAttributeValues={":now": item["submitted_at"]},
    )
    nobody = f"{started.execution_arn}-that-never-was"
    note = {"training_job_name": {"S": "of-nobody"}, "execution_arn": {"S": nobody}}
    dynamodb.put_item(
        TableName=outputs["JobsTableName"], Item={"item": {"S": "machine#i-of-nobody"}, **note}
    )
    owner = {"parris:execution": nobody, "parris:job": "of-nobody"}
    tags = {"parris:deployment": "parris", **owner}
    volume_tags = [{"Key": name, "Value": value} for name, value in tags.items()]
    volume = aws.client("ec2").create_volume(
        Size=8,
        AvailabilityZone="us-east-1a",
        TagSpecifications=[{"ResourceType": "volume", "Tags": volume_tags}],
    )
    _reap(aws)
    _reason(deployed.end_of(started, SECONDS), "ABORTED")
    # The cleanup that the reaper has started deletes it, by its tags alone.
    ends_at, named = (
        time.monotonic() + SECONDS,
        {"Name": "volume-id", "Values": [volume["VolumeId"]]},
    )
    while aws.client("ec2").describe_volumes(Filters=[named])["Volumes"]:
        assert time.monotonic() < ends_at, "the volume of nobody is still there"
        time.sleep(0.5)


def second_choice(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Launch on the second type, since the first is out of stock."""
    types = [OUT_OF_STOCK, "t3.micro"]
    started = deployed.start("second-choice", "exit 0\n", instance_type=types)
    _reason(deployed.end_of(started, SECONDS), "COMPLETED")


def all_of_ones_own(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run under a role of one's own, on an image, with a key pair and data."""
    bucket = deployed.account.deployment.bucket
    aws.client("s3").put_object(Bucket=bucket, Key="data/one", Body=b"1")
    aws.client("ec2").create_key_pair(KeyName="own")
    started = deployed.start(
        "own",
        "exit 0\n",
        instance_iam_role_name=OWN_ROLE,
        ec2_keypair_name="own",
        ami="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
        input_data=[f"s3://{bucket}/data/"],
    )
    _reason(deployed.end_of(started, SECONDS), "COMPLETED")


def spot(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the end of a job on a spot instance, which cannot be stopped."""
    started = deployed.start("spot", STOPS_WHEN_TOLD, purchase_option="spot")
    deployed.wait_for_file(started, "started.json", SECONDS)
    assert request_stop(deployed.account, "spot", started.execution_arn, datetime.now(UTC))
    _reason(deployed.end_of(started, SECONDS), "ABORTED")


def spot_that_could_not_save(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Keep the volume of a spot instance whose runner was killed."""
    ended = deployed.end_of(
        deployed.start("lost", KILLS_ITS_RUNNER, purchase_option="spot"), SECONDS
    )
    assert "volume of the instance is kept" in ended.cause, ended.cause


def own_template(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run in a stack of one's own, with data from the bucket and a script that reads its place."""
    bucket = deployed.account.deployment.bucket
    s3 = aws.client("s3")
    text = (TEMPLATE.parent / "templates" / "ec2-stack" / "training-stack.yaml").read_bytes()
    s3.put_object(Bucket=bucket, Key="own/stack.yaml", Body=text)
    s3.put_object(Bucket=bucket, Key="data/two", Body=b"2")
    s3.put_object(Bucket=bucket, Key="configs/two.json", Body=json.dumps({}).encode())
    started = deployed.start(
        "own-template",
        READS_ITS_OWN_PLACE.format(bucket=bucket),
        cloudformation_template_filename="own/stack.yaml",
        input_data=[f"s3://{bucket}/data/"],
    )
    _reason(deployed.end_of(started, SECONDS), "COMPLETED")


def never_started(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run in a stack of one's own whose machine goes off before it fetches anything."""
    text = (TEMPLATE.parent / "templates" / "ec2-stack" / "training-stack.yaml").read_text()
    armed = "          systemctl daemon-reload\n"
    assert armed in text
    off = text.replace(armed, f"{armed}          systemctl poweroff; exit 1\n")
    bucket = deployed.account.deployment.bucket
    aws.client("s3").put_object(Bucket=bucket, Key="own/off.yaml", Body=off.encode())
    started = deployed.start(
        "never-started", "exit 0\n", cloudformation_template_filename="own/off.yaml"
    )
    ended = deployed.end_of(started, SECONDS)
    _reason(ended, "LAUNCH_FAILED")
    assert "stopped before its runner started" in ended.cause, ended.cause


def silent(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let the reaper find a machine whose last heartbeat came long ago, and its run check it."""
    started = deployed.start("silent", STOPS_WHEN_TOLD)
    deployed.wait_for_file(started, "heartbeat.json", SECONDS)
    _await_sleep(_outputs(aws)["JobsTableName"], "silent", aws)
    folder, s3 = deployed.folder_of(started), aws.client("s3")
    # First as if none had come yet, which the reaper leaves to the boot timeout.
    s3.delete_object(Bucket=folder.bucket, Key=folder.heartbeat_key)
    _reap(aws)
    s3.put_object(Bucket=folder.bucket, Key=folder.heartbeat_key, Body=b"{}")
    buckets = s3_backends[aws.settings.account_id]["aws"].buckets
    buckets[folder.bucket].keys[folder.heartbeat_key].last_modified -= timedelta(hours=3)
    _reap(aws)
    _reason(deployed.end_of(started, SECONDS), "INSTANCE_LOST")


def _reap(aws: EmbeddedAws) -> None:
    aws.client("lambda").invoke(
        FunctionName=_outputs(aws)["ReaperFunctionName"],
        Payload=json.dumps({"time": datetime.now(UTC).isoformat()}),
    )


def _await_sleep(table: str, job: str, aws: EmbeddedAws) -> dict[str, Any]:
    """Return the item of a job whose run has fallen asleep."""
    dynamodb, ends_at = aws.client("dynamodb"), time.monotonic() + SECONDS
    while True:
        item = dynamodb.get_item(TableName=table, Key={"item": {"S": f"job#{job}"}})["Item"]
        if "task_token" in item:
            return dict(item)
        assert time.monotonic() < ends_at, "the run has not fallen asleep"
        time.sleep(0.2)


def scheduled(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let a schedule that is due at once start a job, with the deployment's role for schedules."""
    outputs = _outputs(aws)
    call = {
        "StateMachineArn": outputs["StateMachineArn"],
        "Name": "scheduled-<aws.scheduler.execution-id>",
        "Input": json.dumps({**QUICK_JOB, "training-job-name": "scheduled"}),
    }
    put_quick_script(deployed, aws)
    aws.client("scheduler").create_schedule(
        Name="daily",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
            "RoleArn": outputs["ScheduleRoleArn"],
            "Input": json.dumps(call),
        },
    )
    _reason(deployed.end_of(_started_as("scheduled-", aws), SECONDS), "COMPLETED")


def clicked(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let a message of a device start a job."""
    put_quick_script(deployed, aws)
    message = json.dumps({"serialNumber": "1", "clickType": "SINGLE"})
    aws.client("iot-data").publish(topic="buttons/1", qos=1, payload=message)
    _reason(deployed.end_of(_started_as("click-1-SINGLE-", aws), SECONDS), "COMPLETED")


def put_quick_script(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Put the script of `QUICK_JOB` into the bucket."""
    bucket, key = deployed.account.deployment.bucket, QUICK_JOB["training-script-filename"]
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"#!/bin/bash\nexit 0\n")


def _outputs(aws: EmbeddedAws) -> dict[str, str]:
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="parris")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def _started_as(prefix: str, aws: EmbeddedAws) -> StartedJob:
    """Wait for an execution whose name begins so."""
    steps = aws.client("stepfunctions")
    machines = steps.list_state_machines()["stateMachines"]
    (machine,) = [one for one in machines if one["name"] == "parris-training"]
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at:
        answer = steps.list_executions(stateMachineArn=machine["stateMachineArn"])
        for one in answer["executions"]:
            if one["name"].startswith(prefix):
                return StartedJob(one["name"], one["executionArn"], one["startDate"])
        time.sleep(0.2)
    raise AssertionError(f"nothing has started as {prefix}")


def deployment_ends(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Delete the deployment while one job runs and another's run is dead. Comes last."""
    living = deployed.start("living", STOPS_WHEN_TOLD)
    dead = [
        # First, so that its run is dead long before its runner is.
        deployed.start("lost-on-spot", f"sleep 20\n{KILLS_ITS_RUNNER}", purchase_option="spot"),
        deployed.start("dead", STOPS_WHEN_TOLD),
        deployed.start("dead-on-spot", STOPS_WHEN_TOLD, purchase_option="spot"),
    ]
    deployed.wait_for_file(living, "started.json", SECONDS)
    # No cleanup hears of the dead: what they left is for the deployment's own end.
    events = aws.client("events")
    rules = [one["Name"] for one in events.list_rules()["Rules"]]
    (of_ends,) = [name for name in rules if name.startswith("parris-CleanupStateMachine")]
    events.disable_rule(Name=of_ends)
    for started in dead:
        deployed.wait_for_file(started, "started.json", SECONDS)
        aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    cloudformation = aws.client("cloudformation")
    cloudformation.delete_stack(StackName="parris")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="parris", WaiterConfig={"Delay": 1, "MaxAttempts": SECONDS}
    )


def _reason(ended: Ended, expected: str) -> None:
    assert ended.reason == expected, f"{ended.reason}: {ended.cause}"


# The one that ends the deployment comes last.
ALL: tuple[Scenario, ...] = (
    everyday,
    over_time,
    kept_and_requested,
    replaced,
    left_by_the_dead,
    stopped_by_hand,
    reaped,
    second_choice,
    all_of_ones_own,
    spot,
    spot_that_could_not_save,
    own_template,
    never_started,
    silent,
    scheduled,
    clicked,
    deployment_ends,
)
