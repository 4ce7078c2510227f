"""A deployment without its state machine: bucket, table and roles on an embedded AWS."""

import dataclasses
import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.idle_instances import IdleInstances
from parris.aws.gateways import Gateways
from parris.aws.machine_notes import on_noted_machine
from parris.entrypoint import Deps
from parris.job import Job
from parris.settings import Settings
from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
from parris.targets.ec2_stack.settings import Ec2StackSettings
from tests.builders import BUCKET
from tests.runs_table import RUNS_TABLE, make_runs_table

TABLE = "jobs"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedAws]:
    quick = AwsSettings(
        instances=IdleInstances(),  # what runs inside an instance is tested elsewhere
        stack_create_seconds=0.2,
        stack_delete_seconds=0,
        unavailable_instance_types=frozenset({"p3.2xlarge"}),
        instance_types_beyond_quota=frozenset({"p4d.24xlarge"}),
        enforce_roles=False,  # the stack role of these tests is a name only
    )
    clock = VirtualClock(START)
    with EmbeddedAws(quick, folder=tmp_path / "aws", clock=clock) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def deps(aws: EmbeddedAws, tmp_path: Path) -> Deps:
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
    )
    make_runs_table(aws.client("dynamodb"))
    layers_root = tmp_path / "opt"
    shutil.copytree("config", layers_root)
    shutil.copytree("templates", layers_root, dirs_exist_ok=True)
    settings = Settings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table=TABLE,
        runs_table=RUNS_TABLE,
        trainer_log_group="/parris/parris/trainers",
        layers_root=layers_root,
        cleanup_machine_arn=a_cleanup_machine(aws),
        environment={
            "PARRIS_STACK_ROLE_ARN": a_role(aws, "stack-role"),
            "PARRIS_INSTANCE_PROFILE": an_instance_profile(aws),
        },
    )
    return Deps(settings=settings, aws=Gateways(settings))


def a_role(aws: EmbeddedAws, name: str) -> str:
    role: str = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    return role


def a_cleanup_machine(aws: EmbeddedAws) -> str:
    """A machine in place of the real one, whose cleanup takes long."""
    wait = {"Type": "Wait", "Seconds": 9999, "End": True}
    made = aws.client("stepfunctions").create_state_machine(
        name="parris-cleanup",
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": wait}}),
        roleArn=a_role(aws, "cleanup"),
    )
    return str(made["stateMachineArn"])


def an_instance_profile(aws: EmbeddedAws) -> str:
    a_role(aws, "trainers")
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="trainers")
    iam.add_role_to_instance_profile(InstanceProfileName="trainers", RoleName="trainers")
    return "trainers"


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
    settings = dataclasses.replace(deps.settings, environment=environment, **changes)
    return Deps(settings=settings, aws=Gateways(settings))
