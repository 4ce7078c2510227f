"""SageMaker jobs from two files to a model, and a team that sees each other's experiments."""

import io
import json
import shutil
import tarfile
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
from embedded_aws.permissions.trust import assume_as_service
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.roles import allow, make_role
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.main import main
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import Deployed, Ended
from tests.end_to_end.written_report import write_page
from tests.patience import PATIENCE_SECONDS

EXAMPLE = PROJECT / "config" / "sagemaker"
# `make .venv/wheels.stamp` puts them there, so that no test asks a package index.
WHEELS = PROJECT / ".venv" / "wheels"
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
# Writes what a container's script finds, and needs nothing that must be installed.
SMALL = """\
import json, os, pathlib
channels = pathlib.Path(os.environ["SM_INPUT_DIR"], "data")
config = json.loads((channels / "config" / "small.json").read_text())
print(f"step=1 loss={config['loss']}")
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(config))
"""

WAITS = "import time; print('ready', flush=True); time.sleep(600)\n"


@dataclass(frozen=True, slots=True)
class Site:
    """One deployment for all tests."""

    aws: EmbeddedAws
    deployed: Deployed
    folder: Path

    @property
    def bucket(self) -> str:
        return self.deployed.account.deployment.bucket

    def start(self, config: Path, **overrides: Any) -> StartedJob:
        """Start the job of a config as `parris run --embedded` does."""
        account = self.deployed.account
        files = find_job_files(config, overrides)
        return start_job(account, with_stand_in_image(account, files, None), datetime.now(UTC))

    def read(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def await_experiment(self, started: StartedJob) -> None:
        """Wait until the configs of a job are where its team sees them."""
        deadline, s3 = time.monotonic() + PATIENCE_SECONDS, self.aws.client("s3")
        prefix = f"experiments/{started.job_id}/experiment.json"
        while not s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("KeyCount"):
            assert time.monotonic() < deadline, f"{prefix} has not come in time"
            time.sleep(0.2)

    def training_job_of(self, name: str) -> str:
        """Wait until a job trains, and return the name of its training job."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        sagemaker = self.aws.client("sagemaker")
        while True:
            found = sagemaker.list_training_jobs(NameContains=f"{name}-")["TrainingJobSummaries"]
            for one in found:
                described = sagemaker.describe_training_job(TrainingJobName=one["TrainingJobName"])
                if described["SecondaryStatus"] == "Training":
                    return str(one["TrainingJobName"])
            assert time.monotonic() < deadline, f"{name} does not train"
            time.sleep(0.2)

    def write_small(
        self, name: str, training: dict[str, Any], script: str = SMALL, **config: Any
    ) -> Path:
        """Write the two files and the script of a small job, and return the job's config."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "train.py").write_text(script)
        (folder / "small.json").write_text(json.dumps(training))
        whole = {
            "training-job-name": name,
            "target": "sagemaker",
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/small:1",
            "instance-type": "ml.m5.large",
            "termination-method": "on-complete",
            "training-script-filename": "train.py",
            "training-config-filename": "small.json",
            "metrics": {"loss": "loss=([0-9.]+)"},
            **config,
        }
        (folder / "job.json").write_text(json.dumps(whole))
        return folder / "job.json"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("sagemaker")
    settings = Settings(shared_imports=SHARED_IMPORTS, training_delays=TrainingDelays(start=0.1))
    with EmbeddedAws(settings, folder=folder / "aws", snapshots=snapshots_folder()) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        (folder / "jobs").mkdir()
        yield Site(aws, Deployed(account, folder / "jobs"), folder / "jobs")


def files_in(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        members = [one for one in opened.getmembers() if one.isfile()]
        return {Path(one.name).name: opened.extractfile(one).read() for one in members}  # type: ignore[union-attr]


def test_the_example_trains_a_model_from_two_files(site: Site) -> None:
    shutil.copytree(EXAMPLE, site.folder / "digits")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PIP_COMPILE": "0"}
    started = site.start(site.folder / "digits" / "job.yaml", environment=offline)

    ended = site.deployed.end_of(started)

    assert (ended.reason, ended.left) == ("COMPLETED", []), ended.cause
    assert ended.outcome["metrics"]["accuracy"]["value"] > 0.9
    details = ended.outcome["target_details"]["results"]
    assert "model.pickle" in files_in(site.read(details["model_uri"]))
    experiment = f"s3://{site.bucket}/experiments/{started.job_id}/"
    training = (EXAMPLE / "training.yaml").read_bytes()
    assert site.read(f"{experiment}config/training.yaml") == training
    record = json.loads(site.read(f"{experiment}record.json"))
    assert record["outcome"] == ended.outcome
    assert record["training_config"]["filename"] == "training.yaml"
    has_its_facts(write_page(site.deployed.account, started, site.folder), ended)


def has_its_facts(page: dict[str, str], ended: Ended) -> None:
    """The report of the example's job has its end, cost, timeline, metric, model and log."""
    assert "COMPLETED The script ended successfully." in page[""]
    assert f"{ended.outcome['estimated_cost_usd']} of 0.5 USD" in page[""]
    assert "time-limit 1 h" in page["Cost and limits"]
    assert "cost-limit 0.5 USD" in page["Cost and limits"]
    for state in ("CreateTrainingJob", "Completed", "StopTrainingJob", "RecordOutcome"):
        assert f" {state} " in page["Timeline"]
    assert "accuracy From " in page["Metrics"]
    assert "model.tar.gz" in page["Results"]
    assert "accuracy=" in page["Log"]
    assert '"target": "sagemaker"' in page["Config"]


def person(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> Callable[..., Any]:
    """Return `parris experiments` as run by somebody who may read experiments and nothing else."""
    role = make_role(
        site.aws,
        name,
        allow("s3:GetObject", f"arn:aws:s3:::{site.bucket}/experiments/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{site.bucket}"),
    )
    sts = site.aws.client("sts")
    held = sts.assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]

    def run(*arguments: str) -> Any:
        with monkeypatch.context() as shell:
            for variable, value in {
                **site.aws.environment(),
                "AWS_ACCESS_KEY_ID": held["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": held["SecretAccessKey"],
                "AWS_SESSION_TOKEN": held["SessionToken"],
            }.items():
                shell.setenv(variable, value)
            place = ("--uri", f"s3://{site.bucket}/experiments/", "--json")
            assert main(["experiments", *arguments, *place]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_a_team_of_two_sees_each_others_experiments(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = site.start(
        site.write_small("pair", {"loss": 0.5, "optimizer": {"rate": 0.1}}),
        **{"_started-by": "ada"},
    )
    experiment = f"s3://{site.bucket}/experiments/{started.job_id}/"
    # Grace starts such a job from the console, with another training config.
    key = "team/small.json"
    other = json.dumps({"loss": 0.25, "optimizer": {"rate": 0.01}}).encode()
    site.aws.client("s3").put_object(Bucket=site.bucket, Key=key, Body=other)
    # It is there before the first job has ended.
    site.await_experiment(started)
    job = json.loads(site.read(f"{experiment}job.json"))
    own = {"training-job-name": "again", "training-config-filename": key, "_started-by": "grace"}
    answer = site.aws.client("stepfunctions").start_execution(
        stateMachineArn=site.deployed.account.deployment.state_machine_arn,
        name="from-the-console",
        input=json.dumps({**job, **own}),
    )
    again = StartedJob("from-the-console", answer["executionArn"], answer["startDate"])
    for one in (started, again):
        assert site.deployed.end_of(one).reason == "COMPLETED"

    ada, grace = (person(site, monkeypatch, capsys, name) for name in ("ada", "grace"))
    seen = ada("--last", "2")
    assert grace("--last", "2") == seen
    first, second = sorted(seen["experiments"], key=lambda one: str(one["started_by"]))
    assert (first["started_by"], second["started_by"]) == ("ada", "grace")
    assert second["experiment"] == "again-from-the-console"
    assert [one["reason"] for one in (first, second)] == ["COMPLETED", "COMPLETED"]
    assert [one["metrics"]["loss"]["value"] for one in (first, second)] == [0.5, 0.25]
    with monkeypatch.context() as shell:
        for variable, value in site.aws.environment().items():
            shell.setenv(variable, value)
        # Without a URI: the only deployment of the account.
        assert main(["experiments", "--last", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == seen
    compared = ada("diff", first["experiment"], second["experiment"])["differences"]
    assert [(one["path"], one["a"], one["b"]) for one in compared] == [
        ("training-job-name", "pair", "again"),
        ("loss", 0.5, 0.25),
        ("optimizer.rate", 0.1, 0.01),
    ]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two jobs that train, and a session with what the container of one of them may do."""

    site: Site
    victim: StartedJob
    own: StartedJob
    jobs: dict[str, str]
    """The training jobs of both."""
    session: boto3.Session

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.site.aws.endpoint_url)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def neighbours(site: Site) -> Iterator[Neighbours]:
    started = {
        name: site.start(site.write_small(name, {"loss": 1}, WAITS)) for name in ("victim", "own")
    }
    jobs = {name: site.training_job_of(name) for name in started}
    role_arn = site.aws.client("sagemaker").describe_training_job(TrainingJobName=jobs["own"])[
        "RoleArn"
    ]
    with site.aws.context.at_work("test"):
        found = assume_as_service(role_arn, "sagemaker.amazonaws.com", "SageMaker")
    session = boto3.Session(
        found.access_key_id, found.secret_access_key, found.session_token, region_name="us-east-1"
    )
    yield Neighbours(site, started["victim"], started["own"], jobs, session)
    for name, job in started.items():
        assert request_stop(site.deployed.account, name, job.execution_arn, datetime.now(UTC))
    for job in started.values():
        ended = site.deployed.end_of(job)
        assert (ended.reason, ended.left) == ("ABORTED", []), ended.cause


READS: dict[str, Callable[[Neighbours], str]] = {
    "neighbours-code": lambda n: f"steering/{n.jobs['victim']}/train.py",
    "neighbours-model": lambda n: f"machines/{n.jobs['victim']}/results/model.tar.gz",
    "neighbours-checkpoint": lambda n: f"machines/{n.jobs['victim']}/checkpoints/latest",
    "neighbours-training-config": lambda n: f"experiments/{n.victim.job_id}/config/small.json",
    "neighbours-config": lambda n: f"experiments/{n.victim.job_id}/job.json",
    "neighbours-note": lambda n: f"jobs/victim/{n.victim.job_id}/machine.json",
    "neighbours-upload": lambda n: f"uploads/{n.victim.job_id}/train.py",
    "its-own-record": lambda n: f"experiments/{n.own.job_id}/experiment.json",
    "the-teams-config": lambda n: "training-config.json",
    "what-is-not-shared": lambda n: "private/x",
}
WRITES: dict[str, Callable[[Neighbours], str]] = {
    **READS,
    "its-own-code": lambda n: f"steering/{n.jobs['own']}/train.py",
    "its-own-training-config": lambda n: f"experiments/{n.own.job_id}/config/small.json",
    "what-is-shared": lambda n: "team/shared.csv",
}
OTHERS: dict[str, tuple[str, Callable[[Neighbours], dict[str, Any]]]] = {
    "stop-a-neighbour": (
        "sagemaker",
        lambda n: {"op": "stop_training_job", "TrainingJobName": n.jobs["victim"]},
    ),
    "look-at-a-neighbour": (
        "sagemaker",
        lambda n: {"op": "describe_training_job", "TrainingJobName": n.jobs["victim"]},
    ),
    "list-training-jobs": ("sagemaker", lambda n: {"op": "list_training_jobs"}),
    "read-a-log": (
        "logs",
        lambda n: {
            "op": "filter_log_events",
            "logGroupName": "/aws/sagemaker/TrainingJobs",
        },
    ),
    "change-its-role": (
        "iam",
        lambda n: {
            "op": "put_role_policy",
            "RoleName": "x",
            "PolicyName": "x",
            "PolicyDocument": "{}",
        },
    ),
    "start-a-job": (
        "stepfunctions",
        lambda n: {
            "op": "start_execution",
            "stateMachineArn": n.site.deployed.account.deployment.state_machine_arn,
            "input": "{}",
        },
    ),
    "wake-a-run": (
        "lambda",
        lambda n: {
            "op": "invoke",
            "FunctionName": n.site.deployed.account.deployment.wake_function,
        },
    ),
}


def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in DENIED, caught.value


def put_if_missing(neighbours: Neighbours, key: str) -> None:
    s3, bucket = neighbours.site.aws.client("s3"), neighbours.site.bucket
    if not s3.list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"{}")


@pytest.mark.parametrize("key", READS.values(), ids=READS)
def test_a_container_reads_and_lists_nothing_of_others(
    neighbours: Neighbours, key: Callable[[Neighbours], str]
) -> None:
    s3, bucket, wanted = neighbours.client("s3"), neighbours.site.bucket, key(neighbours)
    put_if_missing(neighbours, wanted)
    refused(lambda: s3.get_object(Bucket=bucket, Key=wanted))
    refused(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=wanted.rpartition("/")[0]))


@pytest.mark.parametrize("key", WRITES.values(), ids=WRITES)
def test_a_container_writes_nothing_of_others_and_nothing_that_it_reads(
    neighbours: Neighbours, key: Callable[[Neighbours], str]
) -> None:
    s3, bucket, wanted = neighbours.client("s3"), neighbours.site.bucket, key(neighbours)
    put_if_missing(neighbours, wanted)
    refused(lambda: s3.put_object(Bucket=bucket, Key=wanted, Body=b"forged"))
    refused(lambda: s3.delete_object(Bucket=bucket, Key=wanted))


@pytest.mark.parametrize("attack", OTHERS.values(), ids=OTHERS)
def test_a_container_may_do_nothing_else_in_the_account(
    neighbours: Neighbours, attack: tuple[str, Callable[[Neighbours], dict[str, Any]]]
) -> None:
    service, request = attack
    given = request(neighbours)
    refused(lambda: getattr(neighbours.client(service), given.pop("op"))(**given))


def test_a_container_reaches_its_own_files_and_what_is_shared(neighbours: Neighbours) -> None:
    s3, bucket = neighbours.client("s3"), neighbours.site.bucket
    put_if_missing(neighbours, "team/shared.csv")
    described = neighbours.site.aws.client("sagemaker").describe_training_job(
        TrainingJobName=neighbours.jobs["own"]
    )
    checkpoints = described["CheckpointConfig"]["S3Uri"].partition(f"s3://{bucket}/")[2]
    for key in (
        f"steering/{neighbours.jobs['own']}/train.py",
        f"experiments/{neighbours.own.job_id}/config/small.json",
        "team/shared.csv",
    ):
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    key = f"{checkpoints}latest"
    s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"1"
