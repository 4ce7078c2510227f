"""SageMaker jobs from two files to a model, and a team that sees each other's experiments."""

import io
import json
import pickle
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.roles import allow, make_role
from parris_cli.account.clients import Account, Deployment
from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.main import main
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from tests.end_to_end.deployment import Deployed

EXAMPLE = PROJECT / "config" / "sagemaker"
# `make .venv/wheels.stamp` puts them there, so that no test asks a package index.
WHEELS = PROJECT / ".venv" / "wheels"
# Writes what a container's script finds, and needs nothing that must be installed.
SMALL = """\
import json, os, pathlib
channels = pathlib.Path(os.environ["SM_INPUT_DIR"], "data")
config = json.loads((channels / "config" / "small.json").read_text())
print(f"step=1 loss={config['loss']}")
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(config))
"""


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

    def write_small(self, name: str, training: dict[str, Any], **config: Any) -> Path:
        """Write the two files and the script of a small job, and return the job's config."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "train.py").write_text(SMALL)
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
    settings = Settings(enforce_roles=True, training_delays=TrainingDelays(start=0.1))
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
