from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.speed.forking.kept_servers import keeping_fork_servers


@pytest.fixture(scope="session", autouse=True)
def kept_fork_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What functions and commands are forked from, once for all tests of this process."""
    with keeping_fork_servers(tmp_path_factory.mktemp("forking")):
        yield


@pytest.fixture(scope="module")
def fresh_fork_servers() -> Iterator[None]:
    """Each embedded AWS starts its own until the module ends, as it does outside of tests."""
    with keeping_fork_servers(None):
        yield


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    # Each gap by itself; the tests of permissions (test_iam_*.py) make roles that matter.
    settings = Settings(stack_create_seconds=0, stack_delete_seconds=0, enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running


@pytest.fixture
def strict_aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0, stack_delete_seconds=0)
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running
