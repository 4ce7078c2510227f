"""`parris deploy`: what it refuses, and what it hands to sam."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]

from parris_cli.deployment.sam import SHARED_CODE
from parris_cli.main import main
from tests.parris_cli.deployment.sam_prints import BUILDS, CREATES, FAILS

REAL_PYTHON = sys.executable
# The first of the resources is being created.
HALF_WAY = CREATES[:-5]
ROLE = "arn:aws:iam::277012880214:role/Lambda_CFN_CreateAndValidate"


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "lambda-config.json"


def dry_run(config: Path, content: Any, *arguments: str) -> int:
    config.write_text(json.dumps(content))
    return main(["deploy", "--dry-run", "--config", str(config), *arguments])


def violations(capsys: pytest.CaptureFixture[str]) -> list[str]:
    said = capsys.readouterr()
    assert said.out == ""
    first, *lines = said.err.splitlines()
    assert first.startswith(f"parris  not deployed: {len(lines)} violation")
    return [line.partition(". ")[2] for line in lines]


def test_the_shipped_config_sets_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == ["sam build", "sam deploy --stack-name parris"]


@pytest.mark.parametrize("key", ["s3-training-bucket", "s3_training_bucket"])
def test_both_spellings_of_the_bucket_and_the_role_become_parameters(
    config: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    content = {"_comment": "ours", "lambda-role-arn": ROLE, key: "com.jgreenemi.mlbucket"}
    assert dry_run(config, content, "--stack-name", "team") == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "sam deploy --stack-name team --parameter-overrides"
        f" 'LambdaRoleArn=\"{ROLE}\"' 'TrainingBucketName=\"com.jgreenemi.mlbucket\"'"
    )


@pytest.mark.parametrize("content", [{}, {"s3-training-bucket": "", "lambda-role-arn": ""}])
def test_what_is_empty_or_absent_is_not_set(
    config: Path, capsys: pytest.CaptureFixture[str], content: dict[str, str]
) -> None:
    assert dry_run(config, content) == 0
    assert "--parameter-overrides" not in capsys.readouterr().out


def test_a_setting_goes_over_the_config_and_may_take_a_parameter_back(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = {"s3-training-bucket": "ours"}
    settings = ["--set", "TrainingBucketName=", "--set", "LogRetentionDays=90"]
    assert dry_run(config, content, *settings) == 0
    said = capsys.readouterr().out
    assert said.rstrip().endswith("'TrainingBucketName=\"\"' 'LogRetentionDays=\"90\"'")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "cron(0 4 ? * MON-FRI *)",
        "Europe/Berlin",
        "{}",
        '{"config-key": "team/nightly.json"}',
        """{"environment": {"WORDS": "it's one = 1, \\u0022quoted\\u0022"}}""",
    ],
)
def test_sam_reads_a_value_as_it_was_given(
    config: Path, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    given = {"AllowedTrainerRoleArns": value, "LogRetentionDays": "90"}
    settings = [word for one in given.items() for word in ("--set", "=".join(one))]
    assert dry_run(config, {}, *settings) == 0
    command = shlex.split(capsys.readouterr().out.splitlines()[1])
    overrides = command[command.index("--parameter-overrides") + 1 :]
    assert CfnParameterOverridesType().convert(tuple(overrides), None, None) == given


@pytest.mark.parametrize("value", ['{"a": "\\"b\\""}', "ends with \\"])
def test_a_value_that_sam_would_misread_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    assert dry_run(config, {}, "--set", f"AllowedTrainerRoleArns={value}") == 2
    assert "backslash before a quote" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "bare"),
    [("s3://ours", "ours"), ("https://com.ours.ml/", "com.ours.ml"), ("S3://ours/x", "ours")],
)
def test_a_bucket_with_a_protocol_is_refused_with_what_to_write_instead(
    config: Path, capsys: pytest.CaptureFixture[str], written: str, bare: str
) -> None:
    assert dry_run(config, {"s3_training_bucket": written}) == 2
    (line,) = violations(capsys)
    assert line.startswith(f'/s3_training_bucket: found "{written}", expected the bare bucket name')
    assert line.endswith(f'write "{bare}"')


def test_the_address_of_s3_itself_is_not_taken_for_a_bucket(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = "https://s3.amazonaws.com/ours"
    assert dry_run(config, {"s3-training-bucket": written}) == 2
    (line,) = violations(capsys)
    assert line.endswith("expected the bare bucket name, without https:// before it")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::277012880214:user/me",
        "arn:aws:lambda:us-east-1:277012880214:function:f",
        "Lambda_CFN_CreateAndValidate",
        "arn:aws:iam::2770:role/short",
    ],
)
def test_an_arn_of_no_role_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], arn: str
) -> None:
    assert dry_run(config, {"lambda-role-arn": arn}) == 2
    (line,) = violations(capsys)
    assert line.startswith(f'/lambda-role-arn: found "{arn}", expected the ARN of an IAM role')


def test_all_violations_come_together(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = {"lambda-role-arn": 7, "s3-training-bucket": "A_B", "colour": "red", "time-limit": 60}
    assert dry_run(config, content) == 2
    lines = violations(capsys)
    assert [line.partition(":")[0] for line in lines] == [
        "/colour",
        "/lambda-role-arn",
        "/s3-training-bucket",
        "/time-limit",
    ]
    assert lines[0].endswith(
        "known keys are lambda-role-arn, s3-training-bucket, s3_training_bucket"
    )
    assert lines[3].endswith("limits belong in a training config")


def test_two_spellings_that_contradict_each_other_are_a_violation(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dry_run(config, {"s3-training-bucket": "one", "s3_training_bucket": "two"}) == 2
    (line,) = violations(capsys)
    assert line.startswith('/s3_training_bucket: found "two", expected "one"')


def test_a_parameter_that_the_template_does_not_have_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dry_run(config, {}, "--set", "Subnet=subnet-1", "--set", "LogRetentionDays") == 2
    lines = violations(capsys)
    assert len(lines) == 2
    assert "SubnetId" in lines[0]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("MaxJobCostUsd=abc", "an amount such as 300 or 12.50, or empty"),
        ("MaxJobCostUsd=12\n", "an amount such as 300 or 12.50, or empty"),
        ("LogRetentionDays=8", "one of 1, 3, 5, 7,"),
        ("LogRetentionDays=", "one of 1, 3, 5, 7,"),
        ("RolePerJob=yes", "one of true, false"),
        ("KeepUnverifiedDays=0", "a number, at least 1, at most 365"),
        ("KeepUnverifiedDays=366", "a number, at least 1, at most 365"),
        ("KeepUnverifiedDays=nan", "a number, at least 1, at most 365"),
        ("SubnetId=subnet-x", "text of the form"),
        ("ScheduleInput={no json}", "a JSON object"),
        ("ScheduleInput=[]", "a JSON object"),
        ("NotifyEmail=me", "an e-mail address, or empty"),
    ],
)
def test_a_value_that_cloudformation_would_not_take_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], setting: str, expected: str
) -> None:
    assert dry_run(config, {}, "--set", setting) == 2
    (line,) = violations(capsys)
    assert line.startswith(f"--set {setting.partition('=')[0]}: found ")
    assert f"expected {expected}" in line


@pytest.mark.parametrize(
    "setting", ["MaxJobCostUsd=", "MaxJobCostUsd=12.5", "KeepUnverifiedDays=1", "SubnetId="]
)
def test_a_value_that_cloudformation_takes_is_none(config: Path, setting: str) -> None:
    assert dry_run(config, {}, "--set", setting) == 0


def test_violations_of_the_config_and_of_the_command_line_come_together(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dry_run(config, {"colour": "red"}, "--set", "RolePerJob=yes", "--set", "Nope=1") == 2
    said = capsys.readouterr().err
    assert "/colour" in said and "--set RolePerJob" in said and "--set Nope" in said


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws():
        yield


@pytest.mark.usefixtures("account")
def test_what_is_not_in_the_account_is_refused_all_at_once(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = {"lambda-role-arn": ROLE, "s3-training-bucket": "nobodys-bucket"}
    named = ["--set", "SubnetId=subnet-0123", "--set", "SecurityGroupId=sg-0123"]
    assert dry_run(config, content, *named) == 2
    lines = violations(capsys)
    assert [line.partition(":")[0] for line in lines] == [
        "SubnetId",
        "SecurityGroupId",
        "TrainingBucketName",
        "LambdaRoleArn",
    ]


@pytest.mark.usefixtures("account")
def test_what_is_in_the_account_is_accepted_and_a_group_of_another_network_is_not(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    subnet = ec2.describe_subnets()["Subnets"][0]
    (group,) = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    )["SecurityGroups"]
    named = ["--set", f"SubnetId={subnet['SubnetId']}"]
    assert dry_run(config, {}, *named, "--set", f"SecurityGroupId={group['GroupId']}") == 0
    capsys.readouterr()
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_security_group(GroupName="other", Description="x", VpcId=vpc_id)
    assert dry_run(config, {}, *named, "--set", f"SecurityGroupId={other['GroupId']}") == 2
    assert f"a security group of {subnet['VpcId']}" in violations(capsys)[0]


@pytest.mark.parametrize("name", ["parris-team", "9lives", "with space", ""])
def test_a_stack_name_that_a_deployment_cannot_have_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert dry_run(config, {}, "--stack-name", name) == 2
    assert "--stack-name" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[]", "{", ""])
def test_a_config_that_is_not_an_object_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    config.write_text(content)
    assert main(["deploy", "--dry-run", "--config", str(config)]) == 2
    assert str(config) in capsys.readouterr().err


def test_a_config_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--config", "nowhere.json"]) == 2
    assert "no such config file" in capsys.readouterr().err


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this command's Python, and nothing else on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_sam_it_says_how_to_get_it_and_ends_with_1(
    programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy"]) == 1
    assert "the SAM CLI, which builds and deploys, was not found" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["beside", "on the path"])
def test_a_failure_of_sam_ends_the_command_and_its_output_is_shown(
    programs: Path,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    folder = programs
    if place == "on the path":
        folder = tmp_path / "other"
        folder.mkdir()
        monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))
    write_sam(folder, 'echo "sam was told: $*"\nexit 3\n')
    assert main(["deploy"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "      | sam was told: build\n" in said.err
    assert "sam was told: deploy" not in said.err
    assert "`sam build` exited with 3 and gave no reason" in said.err


@pytest.mark.parametrize("own", [None, "0"])
def test_sam_packs_the_code_of_all_functions_once_unless_the_shell_says_otherwise(
    programs: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    own: str | None,
) -> None:
    for name in SHARED_CODE:
        if own is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, own)
    write_sam(programs, f"echo {' '.join(f'{name}=${name}' for name in SHARED_CODE)}\nexit 3\n")
    assert main(["deploy"]) == 1
    said = capfd.readouterr().err
    assert " ".join(f"{name}={own or 1}" for name in SHARED_CODE) in said


def write_sam(folder: Path, script: str) -> None:
    (folder / "sam").write_text(f"#!/bin/sh\n{script}")
    (folder / "sam").chmod(0o755)


def test_the_failing_resource_comes_first_then_what_to_do_then_the_output_of_sam(
    programs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = programs / "lines"
    lines.write_text("\n".join(FAILS))
    write_sam(programs, f'[ "$1" = build ] || {{ /bin/cat {lines}; exit 1; }}\n')
    assert main(["deploy"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    shown = said.err.splitlines()
    at = shown.index("parris  rolling back CloudFormation undoes what it has begun")
    assert shown[at + 1].startswith("parris  not deployed TrainingBucket (AWS::S3::Bucket) could")
    assert shown[at + 2].startswith("parris  what to do   Another deployment, or something else")
    assert shown[at + 3] == "parris  `sam deploy` exited with 1. Its output:"
    assert shown[at + 4].startswith("      | \tDeploying with following values")
    assert shown[-1].startswith("      | Error: Failed to create/update the stack")


def test_verbose_shows_the_output_of_sam_alone(
    programs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_sam(programs, 'echo "sam was told: $*"\n[ "$1" = build ]\n')
    assert main(["deploy", "--verbose"]) == 1
    said = capfd.readouterr()
    assert "sam was told: build\nsam was told: deploy --stack-name parris\n" in said.out
    assert said.err.splitlines() == [
        "parris  sam build",
        "parris  sam deploy --stack-name parris",
        "parris  not deployed: `sam deploy` exited with 1, see above",
    ]


def test_a_long_output_is_cut_and_says_so(
    programs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_sam(
        programs,
        "for i in 0 1 2 3 4 5 6 7 8 9; do echo '1\n2\n3\n4\n5\n6\n7\n8\n9\n10'; done; exit 1",
    )
    assert main(["deploy"]) == 1
    said = capfd.readouterr().err
    assert "Its output, without its first 20 lines (--verbose shows all):" in said
    assert len(re.findall(r"^ {6}\| \d", said, re.MULTILINE)) == 80


@pytest.mark.parametrize(
    ("phase", "seen", "words"),
    [
        ("build", "building", "interrupted; nothing was deployed"),
        ("deploy", "creating", "interrupted; CloudFormation finishes what it has begun"),
    ],
)
def test_ctrl_c_ends_sam_and_says_what_goes_on(
    programs: Path, tmp_path: Path, phase: str, seen: str, words: str
) -> None:
    lines, pids = tmp_path / "lines", tmp_path / "pids"
    lines.write_text("\n".join(HALF_WAY if phase == "deploy" else BUILDS) + "\n")
    write_sam(
        programs,
        f'[ "$1" = {phase} ] || exit 0\n/bin/cat {lines}\necho $$ > {pids}.new\n'
        f"/bin/mv {pids}.new {pids}\nexec /bin/sleep 60\n",
    )
    code = "import signal, sys; sys.executable = sys.argv[1]; from parris_cli.main import main;"
    # A program that a shell starts in the background ignores SIGINT, and so do its children.
    code += " signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main(['deploy']))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [REAL_PYTHON, "-c", code, str(programs / "python")],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        deadline = time.monotonic() + 30
        while not pids.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert command.stderr is not None
        while seen not in command.stderr.readline():
            pass
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=60)
    assert command.returncode == 1
    assert words in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids.read_text()), 0)
