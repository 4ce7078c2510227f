"""The `aws` command of a machine, which a server forks."""

import os
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.local_instance.driver import AWS_SERVER
from embedded_aws.speed.forking.fork_server import ForkServer, can_fork
from embedded_aws_helpers.instances import await_state, launch
from embedded_aws_helpers.waiting import is_alive

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="each call starts afresh on this system"),
    pytest.mark.usefixtures("fresh_fork_servers"),
]

_OFF = "\nshutdown -h now\n"


def servers_of(aws: EmbeddedAws) -> list[ForkServer]:
    found = [
        service
        for key, service in aws.context.services.items()
        if isinstance(key, tuple) and key[0] == AWS_SERVER
    ]
    return [one for one in found if isinstance(one, ForkServer)]


def server_of(aws: EmbeddedAws) -> ForkServer:
    (server,) = servers_of(aws)
    return server


def said(aws: EmbeddedAws, user_data: str) -> str:
    """Run user data on an instance and return its console."""
    instance_id = launch(aws, f"#!/bin/bash\n{user_data}{_OFF}", **_TERMINATES)
    await_state(aws, instance_id, "terminated")
    output: str = aws.client("ec2").get_console_output(InstanceId=instance_id)["Output"]
    return output


_TERMINATES = {"InstanceInitiatedShutdownBehavior": "terminate"}


def seconds_of_forks(server: ForkServer) -> float:
    """Return the CPU time of what the server has forked and what has ended."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[13:15]) / os.sysconf("SC_CLK_TCK")


def test_a_machines_aws_command_is_forked_and_works(aws: EmbeddedAws) -> None:
    own = aws.context.administrator
    keys = f"export AWS_ACCESS_KEY_ID={own.id} AWS_SECRET_ACCESS_KEY={own.secret}\n"
    calls = "aws s3 mb s3://a-bucket\necho words | aws s3 cp - s3://a-bucket/key\n"
    said(aws, keys + calls)
    read = aws.client("s3").get_object(Bucket="a-bucket", Key="key")["Body"].read()
    assert read == b"words\n"
    server = server_of(aws)
    assert seconds_of_forks(server) > 0
    assert len(os.listdir(f"/proc/{server.pid}/task")) == 1  # with all of awscli imported


def test_a_forked_command_prints_and_returns_the_same(aws: EmbeddedAws) -> None:
    console = said(aws, "aws no-such-service\necho status $?\naws --version 2>&1\n")
    assert "status 2" in console
    assert "Invalid choice" in console
    assert "aws-cli/1." in console


def test_the_server_starts_only_for_user_data_that_name_the_command(aws: EmbeddedAws) -> None:
    assert "aws-cli/1." in said(aws, "name=ws; a$name --version 2>&1\n")
    assert servers_of(aws) == []


def test_machines_that_inherit_other_variables_have_a_server_of_their_own(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Invalid choice" in said(aws, "aws no-such-service\n")
    server = server_of(aws)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Invalid choice" in said(aws, "aws no-such-service\n")
    first, second = servers_of(aws)
    assert first is server
    assert seconds_of_forks(second) > 0  # it has not refused


def test_nothing_is_left_of_the_server_when_the_embedded_aws_ends(tmp_path: Path) -> None:
    with EmbeddedAws(folder=tmp_path) as aws:
        launch(aws, "#!/bin/bash\naws --version; sleep 600\n")
        server = server_of(aws)
        assert is_alive(server.pid)
        assert server.socket_path is not None and server.socket_path.is_socket()
        assert server.socket_path.is_relative_to(tmp_path)
    assert not is_alive(server.pid)
    assert not server.socket_path.exists()
