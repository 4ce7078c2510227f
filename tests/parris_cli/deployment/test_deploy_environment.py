"""`parris deploy --with batch`: what it refuses, and what it hands to sam."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]

from parris_cli.main import main

OUTPUTS = {
    "TrainingBucketName": "the-bucket",
    "ImageRepositoryUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/images",
    "TrainerLogGroupName": "/parris/parris/trainers",
}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws():
        yield


def dry_run(*arguments: str) -> int:
    return main(["deploy", "--dry-run", *arguments])


def overrides(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the parameters that sam's last command sets."""
    command = shlex.split(capsys.readouterr().out.splitlines()[-1])
    given = command[command.index("--parameter-overrides") + 1 :]
    found: dict[str, str] = CfnParameterOverridesType().convert(tuple(given), None, None)
    return found


def test_the_environment_is_a_stack_of_its_own_after_the_deployment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert dry_run("--with", "batch", "--stack-name", "team") == 0
    commands = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert [one[1] for one in commands] == ["build", "deploy", "deploy"]
    last = commands[-1]
    template = last[last.index("--template-file") + 1]
    assert Path(template) == Path("templates/batch/environment.yaml")
    assert last[last.index("--stack-name") + 1] == "team-batch"
    assert "CAPABILITY_NAMED_IAM" in last


def test_it_is_connected_with_the_deployment_and_shares_its_parameters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    template = {
        "Parameters": {"SharedFolders": {"Type": "String"}, "NotifyEmail": {"Type": "String"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in OUTPUTS.items()},
    }
    boto3.client("cloudformation", region_name="eu-west-1").create_stack(
        StackName="parris",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": "SharedFolders", "ParameterValue": "ours"},
            {"ParameterKey": "NotifyEmail", "ParameterValue": "ada@example.com"},
        ],
    )
    assert dry_run("--with", "batch", "--set", "batch.ComputeType=FARGATE") == 0
    assert overrides(capsys) == {
        "TrainingBucketName": "the-bucket",
        "ImageRepositoryName": "team/images",
        "TrainerLogGroupName": "/parris/parris/trainers",
        "SharedFolders": "ours",
        "ComputeType": "FARGATE",
    }


def test_its_parameters_are_checked_with_those_of_the_deployment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = ("RolePerJob=yes", "batch.ComputeType=GPU", "batch.Nothing=1")
    settings = [word for one in wrong for word in ("--set", one)]
    assert dry_run("--with", "batch", *settings) == 2
    said = capsys.readouterr().err
    assert "--set RolePerJob: found" in said
    assert "--set batch.ComputeType: found" in said
    assert "expected one of EC2, SPOT, FARGATE, FARGATE_SPOT" in said
    assert "--set batch.Nothing: found" in said


def test_its_parameters_without_it_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run("--set", "batch.ComputeType=SPOT") == 2
    assert "--set batch.ComputeType=SPOT: is for --with batch" in capsys.readouterr().err


@pytest.mark.parametrize(("characters", "exit_code"), [(38, 0), (39, 2)])
def test_a_deployment_whose_roles_would_have_too_long_names_is_refused(
    characters: int, exit_code: int
) -> None:
    assert dry_run("--with", "batch", "--stack-name", "d" * characters) == exit_code


def test_an_environment_that_cannot_be_updated_is_refused_with_its_own_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloudformation = boto3.client("cloudformation", region_name="eu-west-1")
    cloudformation.create_stack(
        StackName="parris-batch",
        TemplateBody=json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
    )
    from moto.cloudformation.models import cloudformation_backends

    (stack,) = cloudformation_backends["123456789012"]["eu-west-1"].stacks.values()
    stack.status = "ROLLBACK_COMPLETE"
    assert dry_run("--with", "batch", "--set", "LogRetentionDays=90") == 1
    said = capsys.readouterr().err
    assert "aws cloudformation delete-stack --stack-name parris-batch" in said
    assert "parris deploy --with batch" in said
