"""A simulated container of AWS Batch does what the real bootstrap and runner do, by the clock."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.batch_container import TASKS_SERVICE, BatchTask
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.container import Container, SimulatedContainer
from parris.targets.batch.request import BOOTSTRAP_VARIABLE, START
from parris.targets.runner_files import runner_archive
from parris_cli.rehearsal.simulation.simulated_task import SimulatedTasks
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from tests.runner.trainer import MACHINE_FILES, Trainer

BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
HOUR = 3600
TASK_ID = "0123456789abcdef0123456789abcdef"
ROLE_ARN = "arn:aws:iam::123456789012:role/job"
TRAINING = SimulatedTraining(takes_seconds=10 * HOUR, exit_code=3, save_seconds=10)
TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": TASKS_SERVICE},
        "Action": "sts:AssumeRole",
    }
}
TASK = BatchTask(
    job_id="id",
    job_name="digits-0123456789abcdef",
    queue_name="queue",
    definition_name="digits",
    attempt=1,
    task_arn=f"arn:aws:ecs:us-east-1:123456789012:task/cluster/{TASK_ID}",
    image="image",
    command=("/bin/sh", "-c", START, "parris", "bucket", "us-east-1", "900"),
    environment={BOOTSTRAP_VARIABLE: "source"},
    parameters={},
    job_role_arn=ROLE_ARN,
    instance_type="m5.large",
    availability_zone="us-east-1a",
    vcpus=1,
    memory_mib=1024,
    gpus=0,
    tags={},
    container_properties={},
)


class Site:
    """One container, its files in S3, and its exits with their times."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock, job: dict[str, Any]) -> None:
        self.aws, self.clock, self.job = aws, clock, job
        self.exits: list[tuple[int, float]] = []
        role_id = aws.client("iam").get_role(RoleName="job")["Role"]["RoleId"]
        self.user_id = f"{role_id}:{TASK_ID}"
        self.container: Container

    def start(self, training: SimulatedTraining = TRAINING, task: BatchTask = TASK) -> Container:
        with self.aws.context.at_work("test"):
            folder = self.aws.context.folder
            self.container = SimulatedTasks(training).make_container(task, folder)
            self.container.start(self._note_exit)
        return self.container

    def put(self, name: str, body: bytes) -> None:
        key = f"steering/{self.user_id}/{name}"
        self.aws.client("s3").put_object(Bucket="bucket", Key=key, Body=body)

    def steer(self) -> None:
        self.put("job.json", json.dumps(self.job).encode())
        self.put("runner.zip", runner_archive(MACHINE_FILES))

    def pass_seconds(self, seconds: float) -> None:
        self.clock.run_until(self.clock.now() + timedelta(seconds=seconds))

    def report(self) -> dict[str, Any]:
        key = f"machines/{self.user_id}/exit.json"
        body = self.aws.client("s3").get_object(Bucket="bucket", Key=key)["Body"].read()
        found: dict[str, Any] = json.loads(body)
        return found

    def _note_exit(self, code: int) -> None:
        self.exits.append((code, (self.clock.now() - BEGIN).total_seconds()))


@pytest.fixture
def site(tmp_path: Path, trainer: Trainer) -> Iterator[Site]:
    clock = VirtualClock(BEGIN)
    with EmbeddedAws(Settings(enforce_roles=False), folder=tmp_path / "aws", clock=clock) as aws:
        s3, iam = aws.client("s3"), aws.client("iam")
        s3.create_bucket(Bucket="bucket")
        s3.put_bucket_notification_configuration(
            Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        aws.client("logs").create_log_group(logGroupName="/trainers")
        iam.create_role(RoleName="job", AssumeRolePolicyDocument=json.dumps(TRUST))
        yield Site(aws, clock, trainer.job)


def test_it_waits_for_its_files_trains_and_exits_as_the_script(site: Site) -> None:
    container = site.start()
    site.pass_seconds(101)
    site.steer()
    site.pass_seconds(11 * HOUR)
    assert site.exits == [(3, 102 + 10 * HOUR)]
    report = site.report()
    assert (report["ended_by"], report["exit_status"], report["is_final"]) == ("script", 3, True)
    lines = container.read_log().decode().splitlines()
    assert lines[0] == "parris: starting train.sh"
    assert all(line.startswith("parris:") for line in lines)


def test_without_its_files_it_fails(site: Site) -> None:
    container = site.start()
    site.pass_seconds(HOUR)
    assert site.exits == [(1, 902)]
    assert b"runner.zip was not found in time" in container.read_log()


def test_it_finds_a_stop_request_at_its_next_poll_and_saves(site: Site) -> None:
    site.job["save_grace_seconds"] = 60
    site.start(dataclasses.replace(TRAINING, save_seconds=50))
    site.steer()
    site.pass_seconds(1003)
    site.put("stop.json", b"{}")
    site.pass_seconds(HOUR)
    assert site.exits == [(0, 1010 + 50)]
    assert site.report()["ended_by"] == "signal"


def test_it_has_12_of_the_30_seconds_to_save_after_sigterm(site: Site) -> None:
    site.job["save_grace_seconds"] = 60
    container = site.start(dataclasses.replace(TRAINING, save_seconds=50))
    site.steer()
    site.pass_seconds(1000)
    container.ask_stop()
    site.pass_seconds(30)
    assert site.exits == [(1, 1012)]
    assert site.report()["signal"] == "SIGKILL"


def test_its_own_limit_stops_its_script(site: Site) -> None:
    site.job["limits"] |= {
        "time_limit_seconds": 2 * HOUR,
        "ends_at_seconds": 2 * HOUR - 120,
        "gone_at_seconds": 2 * HOUR,
    }
    site.job["save_grace_seconds"] = 60
    site.start()
    site.steer()
    site.pass_seconds(3 * HOUR)
    assert site.exits == [(0, 2 * HOUR - 120 + 10)]
    assert site.report()["ended_by"] == "time-limit"


@pytest.mark.parametrize("is_hung", [False, True])
def test_a_container_that_is_killed_reports_nothing(site: Site, is_hung: bool) -> None:
    container = site.start()
    site.steer()
    site.pass_seconds(1000)
    if is_hung:
        assert isinstance(container, SimulatedContainer)
        container.hang()
        container.ask_stop()
        site.pass_seconds(11 * HOUR)
        assert site.exits == []
    container.kill()
    site.pass_seconds(11 * HOUR)
    assert [code for code, _ in site.exits] == [137]
    keys = site.aws.client("s3").list_objects_v2(Bucket="bucket", Prefix="machines/")["Contents"]
    assert not any(one["Key"].endswith("exit.json") for one in keys)


def test_before_its_files_have_come_sigterm_ends_it(site: Site) -> None:
    container = site.start()
    site.pass_seconds(60)
    container.ask_stop()
    site.pass_seconds(HOUR)
    assert site.exits == [(143, 60)]


def test_without_the_bootstrap_the_images_own_command_runs(site: Site) -> None:
    task = dataclasses.replace(TASK, command=("train",), environment={})
    container = site.start(SimulatedTraining(HOUR, of_jobs={"digits": SimulatedTraining(60)}), task)
    site.pass_seconds(HOUR)
    assert site.exits == [(0, 60)]
    assert container.read_log().startswith(b"simulated: training\n")
