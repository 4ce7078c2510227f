"""The command of a job runs as a local process, with Batch's variables and its role."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.batch import (
    describe,
    ec2_resources,
    make_environment,
    make_queue,
    register,
    submit,
    wait_for,
)
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.roles import EVERYTHING, make_role

TASKS = {"Service": "ecs-tasks.amazonaws.com"}
SHOW = """
import boto3, json, os, urllib.request
metadata = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
task = json.load(urllib.request.urlopen(metadata + "/task"))
print(json.dumps({
    "user": boto3.client("sts").get_caller_identity()["UserId"],
    "task": task["TaskARN"],
    "variables": dict(os.environ),
}))
"""
TRAP = "trap 'echo saved; exit 9' TERM; echo ready; while true; do sleep 0.05; done"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("aws")) as running:
        make_role(running, "host", EVERYTHING, trusts={"Service": "ec2.amazonaws.com"})
        make_role(running, "job", EVERYTHING, trusts=TASKS)
        resources = ec2_resources(running)
        running.client("iam").add_role_to_instance_profile(
            InstanceProfileName="hosts", RoleName="host"
        )
        make_queue(running, "queue", make_environment(running, "environment", **resources))
        yield running


def run(aws: EmbeddedAws, *command: str, **parts: Any) -> tuple[dict[str, Any], list[str]]:
    """Run a job to its end, and return its description and the lines of its log."""
    register(aws, "definition", list(command), **parts)
    ended = wait_for(aws, submit(aws), "SUCCEEDED", "FAILED")
    return ended, lines_of(aws, ended)


def lines_of(aws: EmbeddedAws, job: dict[str, Any]) -> list[str]:
    stream = job["container"]["logStreamName"]
    logs = aws.client("logs")
    found = logs.describe_log_streams(logGroupName="/aws/batch/job", logStreamNamePrefix=stream)
    if not found["logStreams"]:
        return []
    events = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)["events"]
    return [str(one["message"]) for one in events]


def test_a_command_has_batchs_variables_and_the_credentials_of_its_role(aws: EmbeddedAws) -> None:
    role_arn = "arn:aws:iam::123456789012:role/job"
    ended, (line,) = run(aws, "python3", "-c", SHOW, properties={"jobRoleArn": role_arn})
    seen = json.loads(line)
    role = aws.client("iam").get_role(RoleName="job")["Role"]
    task_arn = ended["container"]["taskArn"]
    assert ended["status"] == "SUCCEEDED"
    assert seen["user"] == f"{role['RoleId']}:{task_arn.rpartition('/')[2]}"
    assert seen["task"] == task_arn
    variables = seen["variables"]
    assert variables["AWS_BATCH_JOB_ID"] == ended["jobId"]
    assert variables["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert (variables["AWS_BATCH_JQ_NAME"], variables["AWS_BATCH_CE_NAME"]) == (
        "queue",
        "environment",
    )
    assert "AWS_ACCESS_KEY_ID" not in variables


def test_the_exit_code_is_the_commands(aws: EmbeddedAws) -> None:
    ended, lines = run(aws, "/bin/sh", "-c", "echo out; echo err >&2; exit 3")
    assert (ended["status"], ended["container"]["exitCode"]) == ("FAILED", 3)
    assert lines == ["out", "err"]


def test_a_terminated_command_may_save(aws: EmbeddedAws) -> None:
    register(aws, "definition", ["/bin/sh", "-c", TRAP])
    job_id = submit(aws)
    until(lambda: is_ready(aws, describe(aws, job_id)))
    aws.client("batch").terminate_job(jobId=job_id, reason="enough")
    ended = wait_for(aws, job_id, "FAILED")
    assert (ended["statusReason"], ended["container"]["exitCode"]) == ("enough", 9)
    assert lines_of(aws, ended) == ["ready", "saved"]


def is_ready(aws: EmbeddedAws, job: dict[str, Any]) -> bool:
    return job["status"] == "RUNNING" and "ready" in lines_of(aws, job)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"properties": {"jobRoleArn": "arn:aws:iam::123456789012:role/host"}}, "unable to assume"),
        (
            {
                "properties": {
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {"awslogs-group": "/missing"},
                    }
                }
            },
            "log group does not exist",
        ),
    ],
)
def test_a_task_that_cannot_start_says_why(
    aws: EmbeddedAws, parts: dict[str, Any], reason: str
) -> None:
    register(aws, "definition", ["true"], **parts)
    ended = wait_for(aws, submit(aws), "FAILED")
    assert ended["statusReason"] == "Task failed to start"
    assert reason in ended["container"]["reason"]
    assert "startedAt" not in ended


def test_a_job_without_a_command_fails_and_its_log_says_why(aws: EmbeddedAws) -> None:
    ended, (line,) = run(aws, *())
    assert ended["container"]["exitCode"] == 127
    assert "states no command" in line
