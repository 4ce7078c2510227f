"""A deployment without its state machine: bucket, table and roles on an embedded AWS."""

import dataclasses
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from parris.aws.gateways import Gateways
from parris.aws.machine_notes import on_noted_machine
from parris.entrypoint import Deps
from parris.job import Job
from parris.settings import Settings
from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
from parris.targets.ec2_stack.settings import Ec2StackSettings
from tests.builders import BUCKET
from tests.handlers.account import (
    BATCH_ROLE_ARN,
    CLEANUP_MACHINE_ARN,
    INSTANCE_PROFILE,
    QUICK,
    STACK_ROLE_ARN,
    TABLE,
    InProcessAws,
    put_account_back,
    shared_clients,
)
from tests.runs_table import RUNS_TABLE
from tests.sweeps_table import SWEEPS_TABLE


@pytest.fixture
def aws_settings() -> AwsSettings:
    return QUICK


@pytest.fixture
def aws(
    aws_settings: AwsSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedAws]:
    with InProcessAws(tmp_path / "aws", aws_settings) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture(scope="session")
def layers_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged layers, which nothing changes."""
    folder = tmp_path_factory.mktemp("layers") / "opt"
    shutil.copytree("config", folder)
    return shutil.copytree("templates", folder, dirs_exist_ok=True)


@pytest.fixture
def deps(aws: EmbeddedAws, layers_root: Path) -> Deps:
    put_account_back(aws)
    settings = Settings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table=TABLE,
        runs_table=RUNS_TABLE,
        sweeps_table=SWEEPS_TABLE,
        trainer_log_group="/parris/parris/trainers",
        layers_root=layers_root,
        cleanup_machine_arn=CLEANUP_MACHINE_ARN,
        environment={
            "PARRIS_STACK_ROLE_ARN": STACK_ROLE_ARN,
            "PARRIS_INSTANCE_PROFILE": INSTANCE_PROFILE,
            "PARRIS_SAGEMAKER_BOUNDARY_ARN": "arn:aws:iam::123456789012:policy/boundary",
            "PARRIS_BATCH_JOB_QUEUE": "parris-batch",
            "PARRIS_BATCH_JOB_ROLE_ARN": BATCH_ROLE_ARN,
            "PARRIS_BATCH_EXECUTION_ROLE_ARN": BATCH_ROLE_ARN,
            "PARRIS_BATCH_LOG_GROUP": "/parris/parris-batch/jobs",
            "PARRIS_SERVER_JOBS_ROLE_ARN": "arn:aws:iam::123456789012:role/server-jobs",
            "PARRIS_SERVER_JOBS_ROLE_ID": "AROASERVERJOBS",
        },
    )
    return deps_of(settings)


def deps_of(settings: Settings) -> Deps:
    """Return the dependencies of a deployment with these settings."""
    clients = shared_clients(uses_adaptive_retries=settings.uses_adaptive_retries)
    return Deps(settings=settings, aws=Gateways(settings, clients))


def noted(deps: Deps, job: Job) -> Job:
    """Return the job on the machine that WaitForRunning wrote down."""
    return on_noted_machine(job, deps.aws.bucket)


def ec2_of(deps: Deps) -> Ec2Gateways:
    """Return the gateways of the target `ec2-stack`."""
    return deps.aws.once(Ec2Gateways)


def settings_of(deps: Deps) -> Ec2StackSettings:
    """Return the settings of the target `ec2-stack`."""
    return Ec2StackSettings.of(deps.settings)


def put_json(aws: EmbeddedAws, key: str, value: Any) -> None:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def with_settings(deps: Deps, environment: Mapping[str, str] | None = None, **changes: Any) -> Deps:
    environment = {**deps.settings.environment, **(environment or {})}
    return deps_of(dataclasses.replace(deps.settings, environment=environment, **changes))


@pytest.fixture
def woken(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the runs for which a check is requested; none is made."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(deps.aws.signals, "request_check", lambda *request: sent.append(request))
    return sent
