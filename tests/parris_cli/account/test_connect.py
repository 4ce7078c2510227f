import io
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation.models import cloudformation_backends
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT_ID

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE
from parris_cli.account.connect import embedded_deployment, real_account
from parris_cli.account.session import own_session, region_variables
from parris_cli.account.stack_status import Use
from parris_cli.errors import RefusedError
from parris_cli.main import main
from parris_cli.terminal.screen import Screen

OUTPUTS = {
    "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:parris-training",
    "TrainingBucketName": "the-bucket",
    "TrainerLogGroupName": "the-group",
    "WakeFunctionName": "the-wake",
    "ValidateConfigFunctionName": "the-validation",
}


@pytest.fixture(autouse=True)
def a_person_with_an_empty_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def deploy(outputs: dict[str, str]) -> None:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    if not outputs:
        del template["Outputs"]
    boto3.client("cloudformation").create_stack(
        StackName="parris", TemplateBody=json.dumps(template)
    )


def with_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@mock_aws
def test_a_deployment_is_found_by_its_stack_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with_credentials(monkeypatch)
    deploy(OUTPUTS)
    account = real_account("parris")
    assert account.deployment.bucket == "the-bucket"
    assert account.deployment.state_machine_arn == OUTPUTS["StateMachineArn"]
    assert not account.is_embedded


@mock_aws
@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_either_variable_alone_names_the_region(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with_credentials(monkeypatch)
    deploy(OUTPUTS)
    for other in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "eu-west-1")
    assert real_account("parris").s3.meta.region_name == "eu-west-1"
    assert region_variables() == {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


@mock_aws
def test_of_two_regions_the_one_counts_that_every_sdk_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert own_session().region_name == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "")
    assert own_session().region_name == "us-west-2"


@mock_aws
def test_a_stack_without_outputs_is_refused_with_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_credentials(monkeypatch)
    deploy({})
    with pytest.raises(RefusedError, match="not a deployment of Parris"):
        real_account("parris")
    cloudformation_backends[ACCOUNT_ID]["eu-west-1"].get_stack(
        "parris"
    ).status = "ROLLBACK_COMPLETE"
    with pytest.raises(RefusedError, match="the stack parris is ROLLBACK_COMPLETE") as raised:
        real_account("parris")
    assert raised.value.reason is None


@mock_aws
def test_a_name_that_no_stack_has_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_credentials(monkeypatch)
    with pytest.raises(RefusedError, match="parris deploy"):
        real_account("parris")


@mock_aws
def test_a_stack_that_is_not_a_deployment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with_credentials(monkeypatch)
    deploy({"Other": "thing"})
    with pytest.raises(RefusedError, match="not a deployment of Parris"):
        real_account("parris")


def test_without_credentials_or_region_the_embedded_aws_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(RefusedError, match="--embedded no account is needed") as raised:
        real_account("parris")
    assert raised.value.reason is None
    assert str(raised.value).startswith("no AWS credentials were found. ")
    # `push`, `schedule` and others have no such option.
    with pytest.raises(RefusedError, match="parris aws env") as raised:
        real_account("parris", Use.REACH)
    assert "With --embedded" not in str(raised.value)
    assert "known in the folder where they were started" in str(raised.value)


def test_a_missing_region_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RefusedError, match=r"^no AWS Region is set\. "):
        real_account("parris")


@pytest.fixture
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a user whom the machine does not know, as in containers of some platforms."""
    for variable in ("HOME", "XDG_CACHE_HOME", CACHE_FOLDER_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda user: {}[user])


@pytest.mark.usefixtures("no_home")
def test_without_a_home_the_embedded_aws_says_which_folder_to_choose() -> None:
    with (
        pytest.raises(RefusedError, match=f"set {CACHE_FOLDER_VARIABLE} to a folder"),
        embedded_deployment(Screen(io.StringIO())),
    ):
        pass


@pytest.mark.usefixtures("no_home")
def test_without_a_home_a_server_is_not_started_and_none_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["aws", "up", "--port", "0"]) == 1
    assert CACHE_FOLDER_VARIABLE in capsys.readouterr().err
    assert main(["aws", "env"]) == 1


@pytest.mark.long
def test_a_cache_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    cache = tmp_path / "file" / "cache"
    cache.parent.touch()
    ended = subprocess.run(
        [sys.executable, "-m", "parris_cli.main", "rehearse", "--training-takes", "1h"],
        env={**os.environ, CACHE_FOLDER_VARIABLE: str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert f"is kept in {cache}: set {CACHE_FOLDER_VARIABLE} to a folder" in ended.stderr
    assert "Traceback" not in ended.stderr
