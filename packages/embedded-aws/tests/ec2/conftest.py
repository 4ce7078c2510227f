from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(
        stack_create_seconds=0,
        stack_delete_seconds=0,
        unavailable_instance_types=frozenset({"p5.48xlarge"}),
        instance_types_beyond_quota=frozenset({"p4d.24xlarge"}),
    )
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running
