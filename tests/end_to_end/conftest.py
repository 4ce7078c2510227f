import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from tests.end_to_end.clone_copy import CloneCopy
from tests.end_to_end.deployment import Deployed
from tests.end_to_end.person import Person


@pytest.fixture(scope="module")
def machines_at_once() -> int | None:
    """As many as this machine's cores can run; a module may have fewer."""
    return None


@pytest.fixture(scope="module")
def embedded(
    tmp_path_factory: pytest.TempPathFactory, machines_at_once: int | None
) -> Iterator[EmbeddedAws]:
    settings = Settings(
        shared_imports=SHARED_IMPORTS,
        stack_create_seconds=1.0,
        stack_delete_seconds=1.0,
        machines_at_once=machines_at_once,
    )
    folder = tmp_path_factory.mktemp("embedded-aws")
    with EmbeddedAws(settings, folder=folder, snapshots=snapshots_folder()) as aws:
        yield aws


@pytest.fixture(scope="module")
def deployed(embedded: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    outputs = embedded.deploy(PROJECT / "template.yaml", "parris", {})
    account = Account(embedded.client, Deployment.from_outputs(outputs), is_embedded=True)
    return Deployed(account, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> CloneCopy:
    """One for all tests, so that what sam has built once is built."""
    return CloneCopy(tmp_path_factory.mktemp("copy"))


@pytest.fixture
def person(embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Person:
    """Somebody in a folder of their own whose shell is set to the embedded AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in embedded.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    return Person(monkeypatch)
