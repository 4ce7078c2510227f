"""The log of a machine without a runner, read from moto's CloudWatch Logs."""

import time
from typing import Any

from moto import mock_aws

from parris.resource import LogPlace
from parris_cli.following.service_log import ServiceLog
from tests.parris_cli.sample_account import an_account

GROUP, MACHINE = "/aws/service/Jobs", "digits-0123456789abcdef"


def write(client: Any, stream: str, *lines: str) -> None:
    name = f"{MACHINE}/{stream}"
    found = client.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name)
    if not found["logStreams"]:
        client.create_log_stream(logGroupName=GROUP, logStreamName=name)
    events = [{"timestamp": int(time.time() * 1000), "message": line} for line in lines]
    client.put_log_events(logGroupName=GROUP, logStreamName=name, logEvents=events)


@mock_aws
def test_lines_of_every_stream_of_the_machine_are_read_once() -> None:
    client = an_account().logs
    log = ServiceLog(client, LogPlace(GROUP, f"{MACHINE}/"))
    assert log.new_lines() == []  # before the group exists
    client.create_log_group(logGroupName=GROUP)
    assert log.new_lines() == []
    write(client, "algo-1-1700000000", "epoch 1", "epoch 2")
    assert log.new_lines() == ["epoch 1", "epoch 2"]

    write(client, "algo-1-1700000000", "epoch 3")
    write(client, "algo-1-1700009999", "resumed")  # after an interruption

    assert log.new_lines() == ["epoch 3", "resumed"]
    assert log.new_lines() == []


@mock_aws
def test_lines_of_several_hosts_name_their_host() -> None:
    client = an_account().logs
    client.create_log_group(logGroupName=GROUP)
    log = ServiceLog(client, LogPlace(GROUP, f"{MACHINE}/"))
    write(client, "algo-1-1700000000", "rank 0")
    write(client, "algo-2-1700000001", "rank 1")

    assert sorted(log.new_lines()) == ["algo-1: rank 0", "algo-2: rank 1"]
