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

from tests.embedded_aws.builders import until, zipped
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
        timeout=30,
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


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        *(pytest.param(one, marks=pytest.mark.long) for one in (signal.SIGINT, signal.SIGHUP)),
    ],
)
def test_a_signal_ends_it_cleanly_and_no_process_is_left(
    tmp_path: Path, number: signal.Signals
) -> None:
    with served_aws(tmp_path) as aws:
        fill(aws)
        until(lambda: len(processes_of(tmp_path)) > 2)
        assert aws.end(number) == 0
    until(lambda: processes_of(tmp_path) == [])


def test_it_is_ready_in_some_seconds_and_its_lines_set_up_a_shell(tmp_path: Path) -> None:
    started_at = time.monotonic()
    with served_aws(tmp_path) as aws:
        assert time.monotonic() - started_at < 10
        port = aws.variables["AWS_ENDPOINT_URL"].rpartition(":")[2]
        script = f'eval "$(parris aws env --port {port})"; aws s3 mb s3://made-by-aws'
        subprocess.run(
            ["sh", "-c", script],
            env={**plain_environment(tmp_path), "AWS_PROFILE": "of-a-real-account"},
            capture_output=True,
            check=True,
        )
        assert [b["Name"] for b in aws.client("s3").list_buckets()["Buckets"]] == ["made-by-aws"]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
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
        assert aws.end() == 0
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


def test_a_folder_serves_one_at_a_time(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    with served_aws(tmp_path, "--state", state):
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


def test_a_state_that_is_no_folder_is_told(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text(os.linesep)
    done = parris(tmp_path, "aws", "up", "--port", "0", "--state", str(place))
    assert done.returncode == 1
    assert str(place) in done.stderr
    assert "Traceback" not in done.stderr
