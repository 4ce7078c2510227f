"""Fork servers can be kept for the next embedded AWS of a process."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.processes import find_descendants
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws.speed.forking.kept_servers import keeping_fork_servers
from embedded_aws_helpers.builders import ROLE_ARN, create_function, create_role, invoke, until

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="processes start afresh on this system"),
    pytest.mark.usefixtures("fresh_fork_servers"),
]

_NAMES_ITS_PARENT = "import os\ndef handle(event, context): return [TEXT, os.getppid()]"
_IMPORTS = "def import_for_all():\n    import main\n"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "kept"
    folder.mkdir()
    with keeping_fork_servers(folder):
        yield folder


def parent_of_a_function(folder: Path, text: str = "a", imports: Path | None = None) -> int:
    """Return the server that forked a function of a new embedded AWS, after it has stopped."""
    settings = Settings(enforce_roles=False, shared_imports=imports)
    with EmbeddedAws(settings, folder=folder) as aws:
        create_role(aws)
        code = _NAMES_ITS_PARENT.replace("TEXT", repr(text))
        create_function(aws, code, Role=ROLE_ARN, Timeout=60)
        kind, (said, parent) = invoke(aws)
        assert (kind, said) == (None, text)
        return int(parent)


def test_the_next_embedded_aws_has_the_same_server_and_no_function_of_the_last(
    kept: Path, tmp_path: Path
) -> None:
    first = parent_of_a_function(tmp_path / "first")
    assert find_descendants(os.getpid()) == {first}
    assert parent_of_a_function(tmp_path / "second", "b") == first


def test_a_server_that_is_gone_is_replaced(kept: Path, tmp_path: Path) -> None:
    first = parent_of_a_function(tmp_path / "first")
    os.kill(first, signal.SIGKILL)
    until(lambda: parent_of_a_function(tmp_path / "second") != first)


def test_functions_with_other_code_get_a_server_that_has_imported_theirs(
    kept: Path, tmp_path: Path
) -> None:
    imports = tmp_path / "imports.py"
    imports.write_text(_IMPORTS)
    first = parent_of_a_function(tmp_path / "first", imports=imports)
    assert parent_of_a_function(tmp_path / "second", imports=imports) == first
    assert parent_of_a_function(tmp_path / "third", "b", imports) not in (first, os.getpid())


def test_they_end_with_the_block_and_none_is_kept_outside_or_where_none_shall_be(
    tmp_path: Path,
) -> None:
    with keeping_fork_servers(tmp_path):
        parent_of_a_function(tmp_path / "first")
        assert find_descendants(os.getpid())
        with keeping_fork_servers(None):
            parent_of_a_function(tmp_path / "second")
            assert not find_descendants(os.getpid())
        parent_of_a_function(tmp_path / "third")
    assert not find_descendants(os.getpid())
    parent_of_a_function(tmp_path / "fourth")
    assert not find_descendants(os.getpid())
