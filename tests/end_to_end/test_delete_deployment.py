"""A deployment is deleted while jobs run: they end as on a stop request."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

SAVES_WHEN_TOLD = f"""
trap 'echo saved > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
echo started
{ENDLESS}"""


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path / "aws", snapshots=snapshots_folder()) as running:
        yield running


@pytest.fixture
def deployed(aws: EmbeddedAws, tmp_path: Path) -> Deployed:
    outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
    account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
    return Deployed(account, tmp_path)


def delete(deployed: Deployed) -> dict[str, Any]:
    """Delete the deployment's stack and return its description once that is over."""
    formation = deployed.account.cloudformation
    stack_id = formation.describe_stacks(StackName="parris")["Stacks"][0]["StackId"]
    formation.delete_stack(StackName="parris")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        stack: Any = formation.describe_stacks(StackName=stack_id)["Stacks"][0]
        if stack["StackStatus"] != "DELETE_IN_PROGRESS":
            return dict(stack)
        assert time.monotonic() < deadline
        time.sleep(0.3)


def record_of(deployed: Deployed, job: StartedJob) -> dict[str, Any]:
    folder = deployed.folder_of(job)
    body = deployed.account.s3.get_object(Bucket=folder.bucket, Key=folder.record_key)["Body"]
    record: dict[str, Any] = json.loads(body.read())["outcome"]
    return record


def left_of(deployed: Deployed) -> set[tuple[str, str]]:
    """Return every instance, volume and stack of this AWS that is not gone, with its state."""
    account = deployed.account
    groups = account.client("ec2").describe_instances()["Reservations"]
    instances = [one for group in groups for one in group["Instances"]]
    volumes = account.client("ec2").describe_volumes()["Volumes"]
    stacks = account.cloudformation.describe_stacks()["Stacks"]
    return (
        {("instance", one["State"]["Name"]) for one in instances} - {("instance", "terminated")}
        | {("volume", one["State"]) for one in volumes}
        | {(one["StackName"], one["StackStatus"]) for one in stacks}
    )


def kept_by(aws: EmbeddedAws) -> set[str]:
    """Return the names of all log groups and tables."""
    groups = aws.client("logs").describe_log_groups()["logGroups"]
    return {
        *(one["logGroupName"] for one in groups),
        *aws.client("dynamodb").list_tables()["TableNames"],
    }


def groups_and_tables_of(deployed: Deployed) -> set[str]:
    """Return the names of the deployment's log groups and tables."""
    formation = deployed.account.cloudformation
    return {
        one["PhysicalResourceId"]
        for one in formation.describe_stack_resources(StackName="parris")["StackResources"]
        if one["ResourceType"] in ("AWS::Logs::LogGroup", "AWS::DynamoDB::Table")
    }


def machines_in(folder: Path) -> list[str]:
    """Return the processes whose command or environment names a machine's folder."""
    show_environment = "-axEww" if sys.platform == "darwin" else "axeww"
    shown = subprocess.run(
        ["ps", show_environment, "-o", "command="], capture_output=True, text=True, check=True
    )
    return [line for line in shown.stdout.splitlines() if str(folder) in line]


def test_jobs_that_run_are_aborted_with_their_results_before_their_deployment_goes(
    aws: EmbeddedAws, deployed: Deployed, tmp_path: Path
) -> None:
    jobs = [deployed.start(name, SAVES_WHEN_TOLD) for name in ("first", "second")]
    for job in jobs:
        deployed.wait_for_file(job, "started.json")
    assert kept_by(aws) == groups_and_tables_of(deployed) != set()
    assert machines_in(tmp_path / "aws" / "machines")

    shown = delete(deployed)
    assert shown["StackStatus"] == "DELETE_COMPLETE", shown.get("StackStatusReason")
    for job in jobs:
        assert record_of(deployed, job)["reason"] == "ABORTED"
        assert deployed.results_of(job) == {"checkpoint": "saved\n"}
    assert left_of(deployed) == set()
    assert kept_by(aws) == set()
    assert machines_in(tmp_path / "aws" / "machines") == []

    again = aws.deploy(PROJECT / "template.yaml", "parris", {})
    assert again["TrainingBucketName"] != deployed.account.deployment.bucket
    delete(deployed)
    assert deployed.results_of(jobs[0]) == {"checkpoint": "saved\n"}
