from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import snapshots_folder
from tests.permissions.account import StrictAccount
from tests.permissions.scenarios import training_jobs
from tests.permissions.scenarios.launches import OUT_OF_STOCK

StrictAccounts = Callable[[], AbstractContextManager[StrictAccount]]


@contextmanager
def strict_account(folder: Path) -> Iterator[StrictAccount]:
    settings = Settings(
        shared_imports=SHARED_IMPORTS,
        stack_create_seconds=0.2,
        stack_delete_seconds=0.2,
        unavailable_instance_types=frozenset({OUT_OF_STOCK, training_jobs.OUT_OF_STOCK}),
        enforce_roles=True,
    )
    with EmbeddedAws(settings, folder=folder / "aws", snapshots=snapshots_folder()) as aws:
        yield StrictAccount(aws, folder / "jobs")


@pytest.fixture
def account(tmp_path: Path) -> Iterator[StrictAccount]:
    with strict_account(tmp_path) as ready:
        yield ready
