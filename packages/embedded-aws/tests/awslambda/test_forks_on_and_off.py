"""Functions are forks if that is enabled, and nothing of them is left."""

import os
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws_helpers.builders import create_function, invoke

_TELL = "import os\ndef handle(event, context): return [os.getpid(), os.getppid()]"


def test_functions_are_new_processes_where_that_is_asked_for(tmp_path: Path) -> None:
    settings = Settings(enforce_roles=False, fork_functions=False)
    with EmbeddedAws(settings, folder=tmp_path) as aws:
        create_function(aws, _TELL, Timeout=60)
        assert invoke(aws)[1][1] == os.getpid()


@pytest.mark.usefixtures("fresh_fork_servers")
@pytest.mark.skipif(not can_fork(), reason="functions start afresh on this system")
def test_nothing_is_left_of_the_forks_when_the_embedded_aws_ends(tmp_path: Path) -> None:
    with EmbeddedAws(Settings(enforce_roles=False), folder=tmp_path) as aws:
        create_function(aws, _TELL, Timeout=60)
        pids = invoke(aws)[1]
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
