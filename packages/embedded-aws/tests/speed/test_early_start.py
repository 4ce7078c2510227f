"""What functions are forked from starts before the embedded AWS is imported."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.functions.early_start import note_imports, starting_early
from embedded_aws.functions.function_process import SharedImports
from embedded_aws.functions.invocation import prepare_imports
from embedded_aws.private_files import NotPrivateError
from embedded_aws.processes import find_descendants
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws_helpers.builders import ROLE_ARN, create_function, create_role, invoke, until

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="processes start afresh on this system"),
    pytest.mark.usefixtures("fresh_fork_servers"),
]

_SAYS = "import os\ndef handle(event, context): return [WORD, os.getppid()]"
_IMPORTS = "def import_for_all():\n    import main\n"
_WAITS = """
import sys
from pathlib import Path
from embedded_aws.functions.early_start import starting_early
from embedded_aws.processes import find_descendants
import os
with starting_early(Path(sys.argv[1]), Path(sys.argv[2])):
    print(*find_descendants(os.getpid()), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshots"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "imports.py"
    program.write_text(_IMPORTS)
    return program


@pytest.fixture
def noted(folder: Path, program: Path, tmp_path: Path) -> SharedImports:
    """What functions of an earlier embedded AWS had in common."""
    _, imports = answer_of_a_function(tmp_path / "earlier", program)
    assert imports is not None
    note_imports(folder, imports)
    return imports


def answer_of_a_function(
    folder: Path, program: Path, word: str = "first"
) -> tuple[list[object], SharedImports | None]:
    """Return what a function of a new embedded AWS says, and what its functions share."""
    settings = Settings(enforce_roles=False, shared_imports=program)
    with EmbeddedAws(settings, folder=folder) as aws:
        create_role(aws)
        create_function(aws, _SAYS.replace("WORD", repr(word)), Role=ROLE_ARN, Timeout=60)
        kind, said = invoke(aws)
        assert kind is None
        return said, prepare_imports(aws.context)


def children() -> set[int]:
    return find_descendants(os.getpid())


@pytest.mark.usefixtures("noted")
def test_functions_are_forked_from_the_process_that_started_early(
    folder: Path, program: Path, tmp_path: Path
) -> None:
    with starting_early(folder, program):
        (early,) = children()
        assert answer_of_a_function(tmp_path / "aws", program)[0] == ["first", early]
        assert not children()


@pytest.mark.usefixtures("noted")
def test_functions_with_other_code_are_forked_from_another_one(
    folder: Path, program: Path, tmp_path: Path
) -> None:
    with starting_early(folder, program):
        (early,) = children()
        (word, parent), _ = answer_of_a_function(tmp_path / "aws", program, "second")
        assert (word, parent not in (early, os.getpid())) == ("second", True)
        assert not children()


@pytest.mark.usefixtures("noted")
def test_an_embedded_aws_with_other_shared_imports_leaves_it_alone(
    folder: Path, program: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.py"
    other.write_text(_IMPORTS)
    with starting_early(folder, program):
        (early,) = children()
        assert answer_of_a_function(tmp_path / "aws", other)[0] != ["first", early]
        assert children() == {early}
    assert not children()


@pytest.mark.usefixtures("noted")
def test_it_starts_once_and_ends_with_its_block_if_nothing_takes_it(
    folder: Path, program: Path
) -> None:
    with pytest.raises(KeyboardInterrupt), starting_early(folder, program):
        early = children()
        with starting_early(folder, program):
            assert children() == early != set()
        raise KeyboardInterrupt
    assert not children()


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_process(folder: Path, program: Path, number: int) -> None:
    command = [sys.executable, "-c", _WAITS, str(folder), str(program)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as owner:
        assert owner.stdout is not None
        early = int(owner.stdout.readline())
        owner.send_signal(number)
    until(lambda: not Path(f"/proc/{early}").exists())


def by_others(note: Path, imports: SharedImports) -> None:
    note.chmod(0o666)


def in_a_folder_of_others(note: Path, imports: SharedImports) -> None:
    note.parent.chmod(0o777)


def a_link(note: Path, imports: SharedImports) -> None:
    note.rename(note.with_suffix(".other"))
    note.symlink_to(note.with_suffix(".other"))


def nonsense(note: Path, imports: SharedImports) -> None:
    note.write_text('[["/"], 5]')


def of_no_folder(note: Path, imports: SharedImports) -> None:
    note.write_text("[[], []]")


def gone(note: Path, imports: SharedImports) -> None:
    note.write_text(note.read_text().replace(imports.search_path[0], "/no/such/folder"))


@pytest.mark.parametrize(
    "spoil", [by_others, in_a_folder_of_others, a_link, nonsense, of_no_folder, gone]
)
def test_nothing_starts_early_by_a_note_that_cannot_be_used(
    folder: Path,
    program: Path,
    noted: SharedImports,
    spoil: Callable[[Path, SharedImports], None],
) -> None:
    (note,) = folder.iterdir()
    spoil(note, noted)
    with starting_early(folder, program):
        assert not children()


def test_nothing_starts_early_without_a_note(folder: Path, program: Path) -> None:
    with starting_early(folder, program), starting_early(None, program):
        assert not children()


def test_nothing_is_noted_where_others_may_write(folder: Path) -> None:
    folder.chmod(0o777)
    with pytest.raises(NotPrivateError):
        note_imports(folder, SharedImports("imports.py", ("/code",), ()))


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert not children()


def test_what_starts_early_imports_neither_moto_nor_boto3() -> None:
    text = (
        "import sys, embedded_aws.functions.early_start\n"
        "print([name for name in ('moto', 'boto3', 'botocore') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "[]\n"
