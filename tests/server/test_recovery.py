"""A service that starts again after a restart of its server."""

import os
import socket
from pathlib import Path

import pytest
from runner_http import AwsClient
from runner_s3 import Bucket
from server_folders import JobFolders
from server_job import ServerJob
from server_place import ServerPlace
from server_program import Program
from server_service import Service
from server_state import ServerState
from server_units import JobUnits

JOB = ServerJob("i-0123456789abcdef0-1", "AROAX:i-0123456789abcdef0-1", "arn", 9.0, 120, False)
ONLY_THE_TIMER_IS_ACTIVE = (
    '#!/bin/sh\ncase "$2" in *.timer) echo active;; *) echo inactive;; esac\n'
)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerState:
    """Return what a service remembers whose job the restart has ended."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(ONLY_THE_TIMER_IS_ACTIVE)
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    state = ServerState(tmp_path / "state")
    (state.folder / "service.zip").touch()
    state.take(JOB, "token")
    state.note(is_started=True)
    return state


def test_credentials_are_served_elsewhere_where_another_process_has_their_port(
    state: ServerState, tmp_path: Path
) -> None:
    client = AwsClient()
    bucket = Bucket(client, "bucket", "eu-west-1")
    place = ServerPlace(bucket, lambda: "i-0123456789abcdef0", "digest")
    units = JobUnits(state, "bucket", "eu-west-1", tmp_path)
    service = Service(
        client,
        "bucket",
        "eu-west-1",
        place,
        Program(state.folder),
        state,
        units,
        JobFolders(tmp_path),
    )
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        state.note(port=taken)
        service.recover()
    assert service._endpoint is not None
    service._endpoint.close()
    assert state.current is not None
    assert state.current.port not in (0, taken)
