"""`parris aws up` and `parris aws env`, as processes."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from embedded_aws_helpers.builders import until, zipped
from parris_cli.aws_server.server_environment import shell_lines
from tests.end_to_end.pseudo_terminal import PseudoTerminal, command_in
from tests.patience import PATIENCE_SECONDS
from tests.served_aws import BIN, ServedAws, plain_environment, processes_of, served_aws

ROLE = "arn:aws:iam::123456789012:role/any"
SLEEPS = '{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}'
TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
}
ENDLESS = "#!/bin/bash\nwhile true; do sleep 0.2; done\n"


def parris(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [BIN / "parris", *arguments],
        env=plain_environment(home),
        capture_output=True,
        text=True,
        timeout=60,
    )


def fill(aws: ServedAws) -> dict[str, str]:
    """Put something of everything into the account, running things too."""
    aws.client("s3").create_bucket(Bucket="a-bucket")
    aws.client("s3").put_object(Bucket="a-bucket", Key="folder/key", Body=b"\x00content")
    aws.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))
    aws.client("lambda").create_function(
        FunctionName="function",
        Runtime="python3.13",
        Role=ROLE,
        Handler="main.handle",
        Code={"ZipFile": zipped(main__py="def handle(event, context): return event['word']")},
    )
    topics = {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(2)}
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "table",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "item", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "item", "KeyType": "HASH"}],
        },
    }
    body = json.dumps(
        {
            "Resources": {**topics, "Table": table},
            "Outputs": {"Arn": {"Value": {"Ref": "Topic0"}}},
        }
    )
    formation = aws.client("cloudformation")
    formation.create_stack(StackName="stack", TemplateBody=body)
    until(lambda: stack_of(aws)["StackStatus"] == "CREATE_COMPLETE")
    aws.client("dynamodb").put_item(
        TableName="table", Item={"item": {"S": "a"}, "count": {"N": "3"}}
    )
    steps = aws.client("stepfunctions")
    machine = steps.create_state_machine(name="machine", definition=SLEEPS, roleArn=ROLE)
    execution = steps.start_execution(stateMachineArn=machine["stateMachineArn"], name="sleeper")
    launched = aws.client("ec2").run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, UserData=ENDLESS
    )
    return {
        "execution": execution["executionArn"],
        "machine": machine["stateMachineArn"],
        "instance": launched["Instances"][0]["InstanceId"],
    }


def stack_of(aws: ServedAws) -> dict[str, Any]:
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="stack")["Stacks"]
    described: dict[str, Any] = stack
    return described


# SIGTERM alone: test_the_account_is_kept_and_what_ran_is_over.
@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_and_no_process_is_left(
    tmp_path: Path, number: signal.Signals
) -> None:
    with served_aws(tmp_path) as aws:
        fill(aws)
        until(lambda: len(processes_of(tmp_path)) > 2)
        assert aws.end(number) == 0
    until(lambda: processes_of(tmp_path) == [])


@pytest.mark.long
def test_signals_that_follow_the_first_leave_nothing_behind(tmp_path: Path) -> None:
    with served_aws(tmp_path) as aws:
        fill(aws)
        until(lambda: len(processes_of(tmp_path)) > 2)
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            aws.process.send_signal(number)
            time.sleep(0.05)
        assert aws.end() == 0
    until(lambda: processes_of(tmp_path) == [])
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_is_ready_in_some_seconds_and_its_lines_set_up_a_shell_until_it_is_killed(
    tmp_path: Path,
) -> None:
    started_at = time.monotonic()
    with served_aws(tmp_path) as aws:
        assert time.monotonic() - started_at < 60
        port = aws.variables["AWS_ENDPOINT_URL"].rpartition(":")[2]
        script = f'eval "$(parris aws env --port {port})"; aws s3 mb s3://made-by-aws'
        subprocess.run(
            ["sh", "-c", script],
            env={**plain_environment(tmp_path), "AWS_PROFILE": "of-a-real-account"},
            capture_output=True,
            check=True,
        )
        assert [b["Name"] for b in aws.client("s3").list_buckets()["Buckets"]] == ["made-by-aws"]
        aws.end(signal.SIGKILL)
    # The key of a server that was killed is not shown.
    assert parris(tmp_path, "aws", "env", "--port", port).returncode == 1


# What a shell may hold, and none of it is meant for an embedded AWS.
HOSTILE = {
    "AWS_PROFILE": "of-a-real-account",
    "AWS_DEFAULT_PROFILE": "of-a-real-account",
    "AWS_CONFIG_FILE": "/no/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/no/credentials",
    "AWS_ACCESS_KEY_ID": "AKIAOFAREALACCOUNT00",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CA_BUNDLE": "/no/bundle",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_DATA_PATH": "/no/data",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "all_proxy": "http://127.0.0.1:9",
    "no_proxy": "example.com",
}
LOOKS = """
import boto3, os

def handle(event, context):
    names = [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]]
    held = [name for name in event if os.environ.get(name) == event[name]]
    return [names, held]
"""
MACHINE_LOOKS = """#!/bin/bash
aws s3 cp s3://of-the-shell/hello there.txt && cat there.txt
env | grep -c '^AWS_\\(PROFILE\\|CA_BUNDLE\\|CONFIG_FILE\\|ENDPOINT_URL_S3\\)=' && echo SEEN
curl --silent --output /dev/null "$AWS_ENDPOINT_URL" && echo REACHED
"""
MAY_READ = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}


def shell_in(home: Path, port: int, script: str, hostile: dict[str, str]) -> str:
    """Run a script in a shell that has evaluated the server's variables, and return its output."""
    done = subprocess.run(
        ["sh", "-c", f'eval "$(parris aws env --port {port})" && {script}'],
        env={**plain_environment(home), **hostile},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
def test_server_functions_machines_and_shells_see_nothing_of_what_a_shell_holds(
    tmp_path: Path,
) -> None:
    with served_aws(tmp_path, more=HOSTILE) as aws:
        port = int(aws.variables["AWS_ENDPOINT_URL"].rpartition(":")[2])
        assert aws.variables["AWS_REGION"] == "us-east-1"
        shell_in(tmp_path, port, "aws s3 mb s3://of-the-shell", HOSTILE)
        aws.client("s3").put_object(Bucket="of-the-shell", Key="hello", Body=b"HELLO")
        iam = aws.client("iam")
        for service in ("lambda", "ec2"):
            trust = json.dumps(TRUST).replace("lambda.", f"{service}.")
            iam.create_role(RoleName=service, AssumeRolePolicyDocument=trust)
            iam.put_role_policy(
                RoleName=service, PolicyName="may", PolicyDocument=json.dumps(MAY_READ)
            )
        aws.client("lambda").create_function(
            FunctionName="function",
            Runtime="python3.13",
            Role=ROLE.replace("any", "lambda"),
            Handler="main.handle",
            Code={"ZipFile": zipped(main__py=LOOKS)},
        )
        asked = json.dumps({n: v for n, v in HOSTILE.items() if n != "AWS_EC2_METADATA_DISABLED"})
        answer = aws.client("lambda").invoke(FunctionName="function", Payload=asked)
        assert json.loads(answer["Payload"].read()) == [["of-the-shell"], []]

        iam.create_instance_profile(InstanceProfileName="machine")
        iam.add_role_to_instance_profile(InstanceProfileName="machine", RoleName="ec2")
        launched = aws.client("ec2").run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            UserData=MACHINE_LOOKS,
            IamInstanceProfile={"Name": "machine"},
        )
        instance_id = launched["Instances"][0]["InstanceId"]

        def console() -> str:
            said = aws.client("ec2").get_console_output(InstanceId=instance_id)
            return str(said.get("Output", ""))

        until(lambda: "REACHED" in console())
        assert "HELLO" in console()
        assert "SEEN" not in console()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_shell_that_holds_a_variable_reaches_the_embedded_aws(name: str) -> None:
    exports = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "id"}
    for more in ("AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        exports[more] = "own"
    lines = shell_lines(exports, {name: HOSTILE[name]})
    done = subprocess.run(
        ["sh", "-c", f"{lines}\nenv"], env={**HOSTILE, "PATH": os.defpath}, capture_output=True
    )
    found = dict(line.split("=", 1) for line in done.stdout.decode().splitlines() if "=" in line)
    is_harmless = name in ("AWS_DATA_PATH", "AWS_MAX_ATTEMPTS", "AWS_EC2_METADATA_DISABLED")
    if "proxy" in name.lower():
        assert "127.0.0.1,localhost" in found["NO_PROXY"]
        assert found["no_proxy"] == "example.com,127.0.0.1,localhost"
    elif not is_harmless:
        assert found.get(name) in (None, exports.get(name))


def test_a_person_ends_it_with_ctrl_c(tmp_path: Path) -> None:
    terminal = PseudoTerminal(80)
    environment = plain_environment(tmp_path)
    with command_in(terminal, ["aws", "up", "--port", "0"], environment, tmp_path) as serving:
        terminal.wait_for("Ctrl-C")
        terminal.press_ctrl_c()
        out, _ = serving.communicate(timeout=PATIENCE_SECONDS)
    assert serving.returncode == 0, terminal.raw
    assert all(line.startswith(("unset ", "export ")) for line in out.splitlines())
    assert terminal.shown()


def test_a_port_that_is_taken_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = parris(tmp_path, "aws", "up", "--port", port)
    assert done.returncode == 1
    assert f"cannot listen on port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_variables_of_a_server_that_does_not_run_are_not_printed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    done = parris(tmp_path, "aws", "env", "--port", port)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "parris aws up" in done.stderr


def test_the_account_is_kept_and_what_ran_is_over(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    with served_aws(tmp_path, "--state", state) as aws:
        made = fill(aws)
        until(lambda: len(processes_of(tmp_path)) > 2)
        assert aws.end() == 0
    until(lambda: processes_of(tmp_path) == [])
    with served_aws(tmp_path, "--state", state) as aws:
        found = aws.client("s3").get_object(Bucket="a-bucket", Key="folder/key")
        assert found["Body"].read() == b"\x00content"
        item = aws.client("dynamodb").get_item(TableName="table", Key={"item": {"S": "a"}})
        assert item["Item"]["count"] == {"N": "3"}
        answer = aws.client("lambda").invoke(FunctionName="function", Payload=b'{"word": "hi"}')
        assert answer["Payload"].read() == b'"hi"'
        stack = stack_of(aws)
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        assert stack["Outputs"][0]["OutputValue"].startswith("arn:aws:sns:")

        steps = aws.client("stepfunctions")
        ended = steps.describe_execution(executionArn=made["execution"])
        assert (ended["status"], ended["cause"]) == ("ABORTED", "the embedded AWS stopped")
        events = steps.get_execution_history(executionArn=made["execution"])["events"]
        assert events[-1]["type"] == "ExecutionAborted"
        reservations = aws.client("ec2").describe_instances(InstanceIds=[made["instance"]])
        (instance,) = reservations["Reservations"][0]["Instances"]
        assert instance["State"]["Name"] == "terminated"

        again = steps.start_execution(stateMachineArn=made["machine"], name="second")
        assert steps.describe_execution(executionArn=again["executionArn"])["status"] == "RUNNING"
        aws.client("cloudformation").delete_stack(StackName=stack["StackId"])
        until(lambda: aws.client("dynamodb").list_tables()["TableNames"] == [])

        # A folder serves one at a time.
        done = parris(tmp_path, "aws", "up", "--port", "0", "--state", state)
        assert done.returncode == 1
        assert "in use by another embedded AWS" in done.stderr


def test_an_account_of_other_versions_is_refused_and_not_touched(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    kept = b'{"form": "embedded-aws account 1", "moto": "1.0", "Python": "3.9"}\nbytes'
    (state / "account").write_bytes(kept)
    done = parris(tmp_path, "aws", "up", "--port", "0", "--state", str(state))
    assert done.returncode == 1
    assert "moto 1.0" in done.stderr
    assert (state / "account").read_bytes() == kept


def test_a_state_that_is_not_a_folder_is_reported(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text(os.linesep)
    done = parris(tmp_path, "aws", "up", "--port", "0", "--state", str(place))
    assert done.returncode == 1
    assert str(place) in done.stderr
    assert "Traceback" not in done.stderr
