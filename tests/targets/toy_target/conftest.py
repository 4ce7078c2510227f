from pathlib import Path

import pytest

from tests.end_to_end.clone_copy import CloneCopy
from tests.targets.toy_target.insert import insert_target


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> CloneCopy:
    """A copy of the clone that has the target."""
    made = CloneCopy(tmp_path_factory.mktemp("toy"))
    insert_target(made.folder)
    return made


@pytest.fixture(scope="module")
def clone(copy: CloneCopy) -> Path:
    return copy.folder
