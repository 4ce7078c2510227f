from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine.trainer import Trainer


@pytest.fixture
def trainer(tmp_path: Path) -> Iterator[Trainer]:
    made = Trainer(tmp_path / "machine")
    yield made
    made.close()
