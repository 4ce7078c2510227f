"""Each termination method on SageMaker, from two files to a model: hours on the virtual clock."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.idle_containers import IdleContainers
from parris.payloads import Payload
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from tests.end_to_end.deployment import Deployed, Ended

EXAMPLE = PROJECT / "config" / "sagemaker" / "job.yaml"
TRAINING = timedelta(hours=3)
TIME_LIMIT, COST_LIMIT_USD = timedelta(hours=2), Decimal("0.20")
# SIGTERM and the upload of the results, which both lie inside a limit.
STOP, UPLOAD = timedelta(seconds=100), timedelta(seconds=30)
METHODS = {
    "complete": "on-complete",
    "timed": "at-fixed-time",
    "costly": "around-cost-threshold",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours that have passed. All jobs were started at once."""

    aws: EmbeddedAws
    deployed: Deployed
    jobs: dict[str, StartedJob]

    def end_of(self, name: str) -> Ended:
        return self.deployed.end_of(self.jobs[name], within_seconds=30)

    def has_object(self, uri: str) -> bool:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found = self.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=key)
        return [one["Key"] for one in found.get("Contents", [])] == [key]


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hours]:
    folder = tmp_path_factory.mktemp("sagemaker")
    settings = Settings(
        shared_imports=SHARED_IMPORTS,
        training_containers=IdleContainers(
            exits_after_seconds=TRAINING.total_seconds(),
            stop_seconds=STOP.total_seconds(),
            writes={"model/model.pickle": b"trained"},
        ),
        training_delays=TrainingDelays(start=120, download=60, upload=UPLOAD.total_seconds()),
    )
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    with EmbeddedAws(
        settings, folder=folder / "aws", clock=clock, snapshots=snapshots_folder()
    ) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {"ReaperRate": "never"})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deployed = Deployed(account, folder)
        jobs = {name: _start(account, name, method) for name, method in METHODS.items()}
        clock.run_while(lambda: any(deployed.is_running(job) for job in jobs.values()))
        yield Hours(aws, deployed, jobs)


def _start(account: Account, name: str, method: str) -> StartedJob:
    overrides: Payload = {
        "training-job-name": name,
        "termination-method": method,
        "termination-options": {
            "time-limit": TIME_LIMIT.total_seconds() / 3600,
            "cost-limit": float(COST_LIMIT_USD),
        },
    }
    files = with_stand_in_image(account, find_job_files(EXAMPLE, overrides), None)
    return start_job(account, files, datetime.now(UTC))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("complete", "COMPLETED"), ("timed", "TIME_LIMIT"), ("costly", "COST_LIMIT")],
)
def test_each_method_ends_the_job_with_a_model_and_leaves_nothing(
    hours: Hours, name: str, reason: str
) -> None:
    ended = hours.end_of(name)
    assert (ended.status, ended.reason, ended.left) == ("SUCCEEDED", reason, []), ended.cause
    assert hours.has_object(ended.outcome["target_details"]["results"]["model_uri"])


def test_a_time_limit_includes_saving_and_the_upload(hours: Hours) -> None:
    runtime = timedelta(seconds=hours.end_of("timed").outcome["runtime_seconds"])
    assert TIME_LIMIT - timedelta(minutes=6) < runtime <= TIME_LIMIT


def test_a_cost_limit_is_used_and_not_passed(hours: Hours) -> None:
    spent = Decimal(hours.end_of("costly").outcome["estimated_cost_usd"])
    assert COST_LIMIT_USD * Decimal("0.9") < spent <= COST_LIMIT_USD


def test_a_finished_script_is_billed_until_its_results_are_uploaded(hours: Hours) -> None:
    runtime = hours.end_of("complete").outcome["runtime_seconds"]
    assert runtime == (timedelta(seconds=60) + TRAINING + UPLOAD).total_seconds()


def test_every_run_is_an_experiment(hours: Hours) -> None:
    bucket = hours.deployed.account.deployment.bucket
    for name, job in hours.jobs.items():
        key = f"experiments/{job.job_id}/record.json"
        body = hours.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        assert json.loads(body)["outcome"]["reason"] == hours.end_of(name).reason
