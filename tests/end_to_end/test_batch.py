"""Batch jobs as a person runs them: the environment, each method, failures and neighbours."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.batch_container import TASKS_SERVICE
from embedded_aws.permissions.trust import assume_as_service
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.job_report.job_facts import NO_RESULTS
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.end_to_end.written_report import write_page
from tests.patience import PATIENCE_SECONDS

EXAMPLE = PROJECT / "config" / "batch"
# `make .venv/wheels.stamp` puts them there, so that no test asks a package index.
WHEELS = PROJECT / ".venv" / "wheels"
IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"
SAVES_WHEN_TOLD = f"""trap 'echo saved > "$PARRIS_RESULTS_DIR/model"; exit 0' TERM
{ENDLESS}"""
# 65 seconds: at least a minute is billed.
HOURLY_USD, COST_LIMIT_USD = 9.0, 0.1625
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403")


@dataclass(frozen=True, slots=True)
class Site:
    """One deployment with the environment of batch jobs."""

    aws: EmbeddedAws
    deployed: Deployed
    folder: Path

    @property
    def bucket(self) -> str:
        return self.deployed.account.deployment.bucket

    def start(self, config: Path, **overrides: Any) -> StartedJob:
        files = find_job_files(config, overrides)
        return start_job(self.deployed.account, files, datetime.now(UTC))

    def start_small(self, name: str, script: str, **config: Any) -> StartedJob:
        """Start a job with this script."""
        path = self.deployed.write_job(name, script)
        whole = json.loads(path.read_text()) | {"target": "batch", "image": IMAGE}
        del whole["instance-type"]
        path.write_text(json.dumps(whole | config))
        return self.start(path)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("batch")
    (folder / "jobs").mkdir()
    with EmbeddedAws(
        Settings(enforce_roles=True, shared_imports=SHARED_IMPORTS),
        folder=folder / "aws",
        snapshots=snapshots_folder(),
    ) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deploy_environment(account, find_job_files(EXAMPLE / "job.json", {}), None)
        yield Site(aws, Deployed(account, folder / "jobs"), folder)


@pytest.fixture(scope="module")
def jobs(site: Site) -> dict[str, StartedJob]:
    """Return jobs that run at the same time, most of them on machines of their own."""
    return {
        "complete": site.start_small("complete", "echo trained > $PARRIS_RESULTS_DIR/model\n"),
        "timed": site.start_small(
            "timed",
            SAVES_WHEN_TOLD,
            **{
                "termination-method": "at-fixed-time",
                "termination-options": {"time-limit": "40s"},
            },
        ),
        "failing": site.start_small("failing", "echo no such file >&2; exit 3\n"),
        "own-command": _start_own_command(site),
    }


def _start_own_command(site: Site) -> StartedJob:
    """Start a job without Parris's runner."""
    path = site.deployed.write_job("own-command", "")
    config = {
        "training-job-name": "own-command",
        "target": "batch",
        "image": IMAGE,
        "termination-method": "on-complete",
        "run-image-command": True,
        "command": ["sh", "-c", 'echo "$0"; exit 0', "Ref::greeting"],
        "parameters": {"greeting": "hello"},
    }
    path.write_text(json.dumps(config))
    return site.start(path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("complete", "COMPLETED"),
        ("timed", "TIME_LIMIT"),
        ("failing", "SCRIPT_FAILED"),
        ("own-command", "COMPLETED"),
    ],
)
def test_each_job_ends_for_its_reason_and_leaves_nothing(
    site: Site, jobs: dict[str, StartedJob], name: str, reason: str
) -> None:
    ended = site.deployed.end_of(jobs[name])
    assert (ended.reason, ended.left) == (reason, []), ended.cause


@pytest.mark.long
def test_the_example_brings_a_model_and_its_accuracy_home(site: Site) -> None:
    shutil.copytree(EXAMPLE, site.folder / "digits")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PIP_COMPILE": "0"}
    started = site.start(site.folder / "digits" / "job.json", environment=offline)
    ended = site.deployed.end_of(started)
    assert (ended.reason, ended.left) == ("COMPLETED", []), ended.cause
    assert site.deployed.keys_of_results(started) == {"metrics.json", "model.pickle"}
    assert ended.outcome["metrics"]["accuracy"]["value"] > 0.9


@pytest.mark.long
def test_the_script_that_starts_many_jobs_starts_one_for_each_choice(site: Site) -> None:
    folder = shutil.copytree(EXAMPLE, site.folder / "many")
    (folder / "requirements.txt").write_text("")
    (folder / "container_shell_script.sh").write_text(
        'cp "$PARRIS_HYPERPARAMETERS" "$PARRIS_RESULTS_DIR/choice.json"\n'
    )
    done = subprocess.run(
        [sys.executable, folder / "invoke_jobs.py", "parris"],
        env={**os.environ, **site.aws.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = [line.partition(" ")[0] for line in done.stdout.splitlines()]
    assert [name.rpartition("-")[0] for name in names] == [f"digits-{one}" for one in range(6)]
    choices = [_choice_of(site, name) for name in names]
    assert choices == [
        {"learning-rate": rate, "max-depth": depth} for rate in (0.03, 0.1, 0.3) for depth in (2, 4)
    ]


def _choice_of(site: Site, name: str) -> Any:
    machine_arn = site.deployed.account.deployment.state_machine_arn
    execution_arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
    ended = site.deployed.end_of(StartedJob(name, execution_arn, datetime.now(UTC)))
    assert (ended.reason, ended.left) == ("COMPLETED", []), ended.cause
    s3, bucket = site.aws.client("s3"), site.bucket
    record = f"jobs/{name.rpartition('-')[0]}/{name}/record.json"
    outcome = json.loads(s3.get_object(Bucket=bucket, Key=record)["Body"].read())["outcome"]
    results = outcome["results_uri"].removeprefix(f"s3://{bucket}/")
    return json.loads(s3.get_object(Bucket=bucket, Key=f"{results}choice.json")["Body"].read())


def test_a_completed_job_brings_its_results_home(site: Site, jobs: dict[str, StartedJob]) -> None:
    site.deployed.end_of(jobs["complete"])
    assert site.deployed.results_of(jobs["complete"]) == {"model": "trained\n"}


def test_a_time_limit_leaves_time_to_save(site: Site, jobs: dict[str, StartedJob]) -> None:
    site.deployed.end_of(jobs["timed"])
    assert site.deployed.results_of(jobs["timed"]) == {"model": "saved\n"}


@pytest.mark.long
def test_a_cost_limit_leaves_time_to_save_and_is_kept(site: Site) -> None:
    # Started here: at least a minute is billed, and so it takes longer.
    costly = site.start_small(
        "costly",
        SAVES_WHEN_TOLD,
        **{
            "termination-method": "around-cost-threshold",
            "termination-options": {"cost-limit": COST_LIMIT_USD},
            "hourly-price-usd": HOURLY_USD,
        },
    )
    ended = site.deployed.end_of(costly)
    assert (ended.reason, ended.left) == ("COST_LIMIT", []), ended.cause
    assert site.deployed.results_of(costly) == {"model": "saved\n"}
    assert float(ended.outcome["estimated_cost_usd"]) <= COST_LIMIT_USD


def test_a_failing_script_gives_its_status_and_its_last_lines(
    site: Site, jobs: dict[str, StartedJob]
) -> None:
    cause = site.deployed.end_of(jobs["failing"]).cause
    assert "status 3" in cause
    assert "no such file" in cause


def test_the_report_of_a_job_has_its_facts(
    site: Site, jobs: dict[str, StartedJob], tmp_path: Path
) -> None:
    ended = site.deployed.end_of(jobs["timed"])
    page = write_page(site.deployed.account, jobs["timed"], tmp_path)
    assert "TIME_LIMIT Ended at its time limit." in page[""]
    assert f"{ended.outcome['estimated_cost_usd']} USD, no limit" in page[""]
    assert "time-limit 40 s" in page["Cost and limits"]
    assert "over" not in page["Cost and limits"]
    assert [phase in page["Timeline"] for phase in ("launching", "training")] == [True, True]
    for state in ("SubmitBatchJob", "TimeLimit", "TerminateBatchJob", "RecordOutcome"):
        assert f" {state} " in page["Timeline"]
    assert "1 file, 6 B, in s3://" in page["Results"]
    assert "model 6 B" in page["Results"]
    assert "parris: saved" in page["Log"]
    assert '"target": "batch"' in page["Config"]


def test_the_report_of_a_job_without_a_runner_has_the_log_of_its_service(
    site: Site, jobs: dict[str, StartedJob], tmp_path: Path
) -> None:
    site.deployed.end_of(jobs["own-command"])
    page = write_page(site.deployed.account, jobs["own-command"], tmp_path)
    assert "COMPLETED The script ended successfully." in page[""]
    assert page["Log"] == "The whole log. hello"
    assert page["Results"] == NO_RESULTS


def test_the_images_own_command_gets_its_parameters(
    site: Site, jobs: dict[str, StartedJob]
) -> None:
    site.deployed.end_of(jobs["own-command"])
    logs = site.aws.client("logs")
    found = logs.filter_log_events(logGroupName="/parris/parris-batch/jobs", filterPattern="hello")
    assert [one["message"] for one in found["events"]] == ["hello"]


def test_nothing_is_left_but_the_environment(site: Site, jobs: dict[str, StartedJob]) -> None:
    for one in jobs.values():
        site.deployed.end_of(one)
    batch = site.aws.client("batch")
    (definition,) = batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    assert definition["jobDefinitionName"] == "parris-batch"
    for status in ("RUNNABLE", "STARTING", "RUNNING"):
        found = batch.list_jobs(jobQueue="parris-batch", jobStatus=status)["jobSummaryList"]
        assert found == []


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two jobs that train, and a session with what the container of one of them may do."""

    site: Site
    victim: str
    own: str
    session: boto3.Session
    started: dict[str, StartedJob]

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.site.aws.endpoint_url)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def neighbours(site: Site) -> Neighbours:
    started = {name: site.start_small(name, SAVES_WHEN_TOLD) for name in ("victim", "own")}
    for one in started.values():
        site.deployed.wait_for_file(one, "started.json")
    ids = {
        name: site.deployed.folder_of(one).machine_prefix.removeprefix("machines/").rstrip("/")
        for name, one in started.items()
    }
    role_arn = "arn:aws:iam::123456789012:role/parris-batch-job-us-east-1"
    with site.aws.context.at_work("test"):
        found = assume_as_service(role_arn, TASKS_SERVICE, ids["own"].rpartition(":")[2])
    session = boto3.Session(
        found.access_key_id, found.secret_access_key, found.session_token, region_name="us-east-1"
    )
    return Neighbours(site, ids["victim"], ids["own"], session, started)


READS: dict[str, Callable[[Neighbours], str]] = {
    "neighbours-files": lambda n: f"steering/{n.victim}/job.json",
    "neighbours-report": lambda n: f"machines/{n.victim}/started.json",
    "neighbours-results": lambda n: f"machines/{n.victim}/results/model",
    "what-functions-write": lambda n: "jobs/victim/machine.json",
    "the-teams-config": lambda n: "training-config.json",
    "experiments": lambda n: "experiments/x/job.json",
    "what-is-not-shared": lambda n: "private/x",
}
WRITES: dict[str, Callable[[Neighbours], str]] = {
    **READS,
    "its-own-files": lambda n: f"steering/{n.own}/job.json",
    "what-is-shared": lambda n: "team/shared.csv",
}
OTHERS: dict[str, tuple[str, str, Callable[[Neighbours], dict[str, Any]]]] = {
    "end-a-job": ("batch", "terminate_job", lambda n: {"jobId": "x", "reason": "x"}),
    "submit-a-job": (
        "batch",
        "submit_job",
        lambda n: {
            "jobName": "x",
            "jobQueue": "parris-batch",
            "jobDefinition": "parris-batch",
        },
    ),
    "list-jobs": ("batch", "list_jobs", lambda n: {"jobQueue": "parris-batch"}),
    "read-a-log": (
        "logs",
        "filter_log_events",
        lambda n: {"logGroupName": n.site.deployed.account.deployment.log_group},
    ),
    "start-a-run": (
        "stepfunctions",
        "start_execution",
        lambda n: {
            "stateMachineArn": n.site.deployed.account.deployment.state_machine_arn,
            "input": "{}",
        },
    ),
    "wake-a-run": (
        "lambda",
        "invoke",
        lambda n: {"FunctionName": n.site.deployed.account.deployment.wake_function},
    ),
}


def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in DENIED, caught.value


def test_a_jobs_credentials_reach_its_own_prefix(neighbours: Neighbours) -> None:
    s3, bucket, own = neighbours.client("s3"), neighbours.site.bucket, neighbours.own
    s3.put_object(Bucket=bucket, Key=f"machines/{own}/results/mine", Body=b"x")
    assert s3.get_object(Bucket=bucket, Key=f"machines/{own}/results/mine")["Body"].read() == b"x"
    s3.get_object(Bucket=bucket, Key=f"steering/{own}/job.json")


@pytest.mark.parametrize("name", READS)
def test_a_jobs_credentials_do_not_read_what_is_not_its_own(
    neighbours: Neighbours, name: str
) -> None:
    key = READS[name](neighbours)
    refused(lambda: neighbours.client("s3").get_object(Bucket=neighbours.site.bucket, Key=key))


@pytest.mark.parametrize("name", WRITES)
def test_a_jobs_credentials_do_not_write_what_is_not_its_own(
    neighbours: Neighbours, name: str
) -> None:
    key, s3 = WRITES[name](neighbours), neighbours.client("s3")
    refused(lambda: s3.put_object(Bucket=neighbours.site.bucket, Key=key, Body=b"forged"))


@pytest.mark.parametrize("name", OTHERS)
def test_a_jobs_credentials_do_nothing_else(neighbours: Neighbours, name: str) -> None:
    service, operation, arguments = OTHERS[name]
    client = neighbours.client(service)
    refused(lambda: getattr(client, operation)(**arguments(neighbours)))


def test_a_stop_request_lets_a_job_save_and_ends_it(neighbours: Neighbours) -> None:
    deployed = neighbours.site.deployed
    for name, job in neighbours.started.items():
        assert request_stop(deployed.account, name, job.execution_arn, datetime.now(UTC))
    for job in neighbours.started.values():
        ended = deployed.end_of(job)
        assert (ended.reason, ended.left) == ("ABORTED", []), ended.cause
    assert deployed.results_of(neighbours.started["victim"]) == {"model": "saved\n"}


def test_deleting_the_environment_leaves_nothing_of_it(site: Site) -> None:
    cloudformation = site.aws.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName="parris-batch")["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    assert outputs["WhatStays"] == "Deleting this stack leaves nothing."
    cloudformation.delete_stack(StackName="parris-batch")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (
        status := cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"][0][
            "StackStatus"
        ]
    ) == "DELETE_IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.3)
    assert status == "DELETE_COMPLETE"
    batch = site.aws.client("batch")
    assert batch.describe_job_queues()["jobQueues"] == []
    assert batch.describe_compute_environments()["computeEnvironments"] == []
    assert site.aws.client("s3").list_objects_v2(Bucket=site.bucket)["KeyCount"] > 0
