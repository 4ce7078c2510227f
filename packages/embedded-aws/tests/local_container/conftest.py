from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws, Settings


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0, stack_delete_seconds=0)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("aws")) as running:
        yield running
