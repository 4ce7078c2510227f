"""A month on the virtual clock: the real template and functions, and every timestamp in step."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.starting.start_job import StartedJob
from tests.end_to_end.deployment import Deployed, Ended

DEPLOYED_AT = datetime(2031, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CREATION, DELETION = timedelta(seconds=30), timedelta(seconds=60)
BOOT, OFF = timedelta(seconds=40), timedelta(seconds=5)
TRAINING = SimulatedTraining(
    takes_seconds=30 * DAY.total_seconds(),
    boot_seconds=BOOT.total_seconds(),
    off_seconds=OFF.total_seconds(),
)
SETTINGS = Settings(
    shared_imports=SHARED_IMPORTS,
    stack_create_seconds=CREATION.total_seconds(),
    stack_delete_seconds=DELETION.total_seconds(),
    instances=SimulatedInstances(TRAINING),
)
COST_LIMIT_USD = Decimal(500)


@dataclass(frozen=True, slots=True)
class Month:
    """A month that has passed. All jobs began at `began_at`."""

    aws: EmbeddedAws
    deployed: Deployed
    began_at: datetime
    jobs: dict[str, StartedJob]

    def end_of(self, name: str) -> Ended:
        return self.deployed.end_of(self.jobs[name], within_seconds=30)

    def file(self, name: str, file_name: str) -> tuple[dict[str, Any], datetime]:
        """Return a file that a job's machine wrote, and when."""
        return self._object(f"{self.deployed.folder_of(self.jobs[name]).output_prefix}/{file_name}")

    def record(self, name: str) -> tuple[dict[str, Any], datetime]:
        """Return a job's record, and when it was written."""
        return self._object(self.deployed.folder_of(self.jobs[name]).record_key)

    def _object(self, key: str) -> tuple[dict[str, Any], datetime]:
        bucket = self.deployed.account.deployment.bucket
        found = self.aws.client("s3").get_object(Bucket=bucket, Key=key)
        return json.loads(found["Body"].read()), found["LastModified"]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    clock = VirtualClock(DEPLOYED_AT)
    folder = tmp_path_factory.mktemp("embedded-aws")
    with EmbeddedAws(SETTINGS, folder=folder, clock=clock, snapshots=snapshots_folder()) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {"ReaperRate": "never"})
        deployment = Deployment.from_outputs(outputs)
        # Without HTTP, as in a rehearsal.
        account = Account(partial(aws.client, in_process=True), deployment, is_embedded=True)
        deployed = Deployed(account, tmp_path_factory.mktemp("jobs"))
        began_at = clock.now()
        jobs = {
            "complete": deployed.start("complete", "exit 0\n"),
            "timed": deployed.start(
                "timed",
                "exit 0\n",
                termination_method="at-fixed-time",
                termination_options={"time-limit": 240},
            ),
            "costly": deployed.start(
                "costly",
                "exit 0\n",
                termination_method="around-cost-threshold",
                termination_options={"cost-limit": int(COST_LIMIT_USD)},
                hourly_price_usd=3.6,
            ),
        }
        clock.run_while(lambda: any(deployed.is_running(job) for job in jobs.values()))
        yield Month(aws, deployed, began_at, jobs)


def timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_job_of_a_month_is_complete_at_the_second_at_which_its_script_is(month: Month) -> None:
    ended = month.end_of("complete")
    assert (ended.status, ended.reason) == ("SUCCEEDED", "COMPLETED")
    assert timestamp(ended.outcome["started_at"]) == month.began_at
    assert ended.outcome["runtime_seconds"] == (BOOT + 30 * DAY + OFF).total_seconds()
    assert ended.outcome["exit_status"] == 0
    assert ended.left == []


def test_a_time_limit_of_ten_days_is_kept(month: Month) -> None:
    ended = month.end_of("timed")
    assert (ended.status, ended.reason) == ("SUCCEEDED", "TIME_LIMIT")
    assert ended.left == []
    report, saved_at = month.file("timed", "exit.json")
    assert saved_at < month.began_at + 10 * DAY
    assert 10 * DAY - timedelta(seconds=ended.outcome["runtime_seconds"]) >= timedelta(0)
    assert ended.outcome["runtime_seconds"] > (9.9 * DAY).total_seconds()
    assert report["ended_by"] in ("time-limit", "signal")


def test_a_cost_limit_is_not_passed(month: Month) -> None:
    ended = month.end_of("costly")
    assert (ended.status, ended.reason) == ("SUCCEEDED", "COST_LIMIT")
    assert ended.left == []
    spent_usd = Decimal(ended.outcome["estimated_cost_usd"])
    assert COST_LIMIT_USD * Decimal("0.99") < spent_usd <= COST_LIMIT_USD


def test_every_timestamp_is_in_step(month: Month) -> None:
    script_began_at = month.began_at + BOOT
    script_ended_at = script_began_at + 30 * DAY
    off_at = script_ended_at + OFF
    started = month.jobs["complete"]
    execution = month.aws.client("stepfunctions").describe_execution(
        executionArn=started.execution_arn
    )
    announced, announced_at = month.file("complete", "started.json")
    report, reported_at = month.file("complete", "exit.json")
    record, recorded_at = month.record("complete")

    assert execution["startDate"] == month.began_at
    assert (announced_at, timestamp(announced["started_at"])) == (script_began_at, script_began_at)
    assert (reported_at, timestamp(report["ended_at"])) == (script_ended_at, script_ended_at)
    assert timestamp(record["outcome"]["ended_at"]) == off_at
    # The deletion begins as soon as the runner has reported that all results are saved.
    assert script_ended_at + DELETION <= recorded_at == execution["stopDate"]


def test_instances_stacks_and_logs_carry_the_same_time(month: Month) -> None:
    saved_at = month.began_at + BOOT + 30 * DAY
    stack_id = month.end_of("complete").outcome["launch_id"]
    formation, logs = month.aws.client("cloudformation"), month.aws.client("logs")
    reversed_events = formation.describe_stack_events(StackName=stack_id)["StackEvents"]
    events = {
        event["ResourceStatus"]: event["Timestamp"]
        for event in reversed_events
        if event["LogicalResourceId"] == "parris-complete"
    }
    group = month.deployed.account.deployment.log_group
    stream = f"complete/{month.jobs['complete'].job_id}"
    said = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    timestamps = {datetime.fromtimestamp(event["timestamp"] / 1000, UTC) for event in said}

    assert events["CREATE_IN_PROGRESS"] == month.began_at
    assert events["CREATE_COMPLETE"] == month.began_at + CREATION
    assert saved_at <= events["DELETE_IN_PROGRESS"] <= saved_at + timedelta(seconds=1)
    assert events["DELETE_COMPLETE"] == events["DELETE_IN_PROGRESS"] + DELETION
    assert timestamps == {month.began_at + BOOT, saved_at}


def test_functions_write_their_logs_at_the_time_of_the_clock(month: Month) -> None:
    pages = month.aws.client("logs").get_paginator("filter_log_events")
    written = [
        event["timestamp"] / 1000
        for page in pages.paginate(logGroupName="/parris/parris/functions")
        for event in page["events"]
    ]
    assert min(written) >= DEPLOYED_AT.timestamp()
    assert max(written) > (month.began_at + 30 * DAY).timestamp()
