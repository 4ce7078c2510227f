import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.builders import create_function, create_machine, invoke, start


def test_the_environment_points_the_aws_command_at_it(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket="a-bucket")
    command = [str(Path(sys.executable).parent / "aws"), "s3api", "list-buckets"]
    done = subprocess.run(
        command, env={**os.environ, **aws.environment()}, capture_output=True, check=True
    )
    assert [bucket["Name"] for bucket in json.loads(done.stdout)["Buckets"]] == ["a-bucket"]


def test_the_next_one_in_the_same_process_starts_empty(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(), folder=tmp_path / "one") as one:
        one.client("s3").create_bucket(Bucket="a-bucket")
        create_machine(one, {"Done": {"Type": "Succeed"}})
    with EmbeddedAws(Settings(), folder=tmp_path / "two") as two:
        assert two.client("s3").list_buckets()["Buckets"] == []
        assert two.client("stepfunctions").list_state_machines()["stateMachines"] == []


@pytest.mark.usefixtures("fresh_fork_servers")
def test_leaving_it_ends_the_processes_of_its_functions(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(), folder=tmp_path) as running:
        create_function(running, "import os\ndef handle(event, context): return os.getpid()")
        _, process_id = invoke(running)
        os.kill(process_id, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_leaving_it_does_not_wait_for_executions_that_sleep(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(), folder=tmp_path) as running:
        start(running, {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": True}})


def test_it_must_be_entered_before_it_is_used() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        EmbeddedAws(Settings()).endpoint_url  # noqa: B018


def test_two_at_the_same_time_in_one_process_are_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(RuntimeError, match="already"), EmbeddedAws(Settings()):
        pass
    assert aws.client("s3").list_buckets()["Buckets"] == []


def test_a_client_in_the_process_calls_the_same_account_without_http(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.client("s3").create_bucket(Bucket="a-bucket")
    in_process = aws.client("s3", in_process=True)
    monkeypatch.setattr(in_process._endpoint, "http_session", None)
    assert [one["Name"] for one in in_process.list_buckets()["Buckets"]] == ["a-bucket"]
    assert aws.client("s3", in_process=True) is in_process is not aws.client("s3")
