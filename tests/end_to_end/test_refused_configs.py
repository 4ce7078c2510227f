"""A config with violations creates nothing and says everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from embedded_aws_helpers.builders import until
from parris_cli.account import connect
from parris_cli.main import main
from tests.end_to_end.deployment import Deployed

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef


@pytest.fixture
def command(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connect, "embedded_account", deployed.account_context)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("command")
def test_five_faults_are_five_faults_and_nothing_is_created(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    config = deployed.write_job(
        "wrong",
        "exit 0\n",
        training_job_name="has spaces",
        termination_method="whenever",
        instance_type="T3 MICRO",
        volume_size_gib=1,
        colour="red",
    )
    assert main(["run", str(config), "--embedded", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] == "CONFIG_REJECTED"
    assert said["execution_status"] == "FAILED"
    lines = said["cause"].splitlines()
    assert lines[0] == "5 violations in the training config:"
    assert [line.split(": ")[0] for line in lines[1:]] == [
        "1. /colour",
        "2. /instance-type",
        "3. /termination-method",
        "4. /training-job-name",
        "5. /volume-size-gib",
    ]
    assert said["left_running"] == []
    assert said["results"] is None

    account = deployed.account
    stacks = account.cloudformation.describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["parris"]
    assert account.client("ec2").describe_instances()["Reservations"] == []
    bucket = account.s3.list_objects_v2(Bucket=account.deployment.bucket, Prefix="jobs/")
    assert bucket["KeyCount"] == 0


@pytest.mark.usefixtures("command")
def test_a_setting_over_a_sound_config_can_be_the_fault(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    config = deployed.write_job("sound", "exit 0\n")
    setting = "termination-options.time-limit=-1"
    assert main(["run", str(config), "--embedded", "--set", setting, "--json"]) == 2
    assert (
        "/termination-options/time-limit: found -1" in json.loads(capsys.readouterr().out)["cause"]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"hyperparameters": {"x": ' + "[" * 1000 + "1" + "]" * 1000 + "}}", "40 levels deep"),
        (json.dumps({"_comment": "x" * (256 * 1024 - 20)}), "at most 32768 bytes in all"),
    ],
)
def test_an_input_that_is_too_deep_or_too_large_is_rejected_by_the_function(
    deployed: Deployed, text: str, message: str
) -> None:
    account = deployed.account
    started = account.stepfunctions.start_execution(
        stateMachineArn=account.deployment.state_machine_arn, input=text
    )
    until(lambda: described(deployed, started["executionArn"])["status"] != "RUNNING")
    ended = described(deployed, started["executionArn"])
    assert ended["error"] == "CONFIG_REJECTED"
    assert message in ended["cause"]


def described(deployed: Deployed, arn: str) -> DescribeExecutionOutputTypeDef:
    return deployed.account.stepfunctions.describe_execution(executionArn=arn)
