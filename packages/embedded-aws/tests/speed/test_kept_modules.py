"""Modules come from the file of kept code only where Python would find the same source."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE
from embedded_aws.speed import kept_modules

_PROGRAM = """
import inspect, sys
from embedded_aws.speed import kept_modules
kept_modules._MOST_MISSING = 0
kept_modules.install()
kept_modules.keep_at_exit()
sys.path[:0] = sys.argv[1:]
import pack.inner.one as one, pack.inner
kept = [type(module.__loader__).__name__ == "_Loader" for module in (pack.inner, one)]
facts = [one.__name__, one.__package__, one.__file__, one.__cached__, list(pack.inner.__path__)]
print(kept, one.VALUE, *facts, inspect.getsource(one).strip())
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_package(tmp_path / "first", 1)


def make_package(folder: Path, value: int) -> Path:
    inner = folder / "pack" / "inner"
    inner.mkdir(parents=True)
    for file in (inner.parent / "__init__.py", inner / "__init__.py"):
        file.write_text("")
    (inner / "one.py").write_text(f"VALUE = {value}\n")
    return folder


def imported(cache: Path, *folders: Path, **variables: str) -> str:
    """Return what a new process imports from folders, and whether it was kept."""
    environment: Mapping[str, str] = {
        **{name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        CACHE_FOLDER_VARIABLE: str(cache),
        **variables,
    }
    command = [sys.executable, "-c", _PROGRAM, *map(str, folders)]
    return subprocess.check_output(command, env=environment, text=True)


def test_the_second_process_imports_the_same_from_the_file(cache: Path, pack: Path) -> None:
    first, second = imported(cache, pack), imported(cache, pack)
    assert first.startswith("[False, False] 1 pack.inner.one pack.inner /")
    assert second == first.replace("[False, False]", "[True, True]")
    (file,) = (cache / "modules").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_changed_source_is_read(cache: Path, pack: Path) -> None:
    imported(cache, pack)
    (pack / "pack" / "inner" / "one.py").write_text("VALUE = 23\n")
    assert imported(cache, pack).startswith("[True, False] 23 ")
    assert imported(cache, pack).startswith("[True, True] 23 ")


def test_a_package_that_has_a_modules_name_goes_before_it(cache: Path, pack: Path) -> None:
    imported(cache, pack)
    (pack / "pack" / "inner" / "one").mkdir()
    (pack / "pack" / "inner" / "one" / "__init__.py").write_text("VALUE = 4\n")
    assert imported(cache, pack).startswith("[True, False] 4 ")


def test_a_package_that_is_found_earlier_on_the_path_is_imported(
    cache: Path, pack: Path, tmp_path: Path
) -> None:
    imported(cache, pack)
    assert imported(cache, make_package(tmp_path / "second", 5), pack).startswith(
        "[False, False] 5 "
    )


def test_a_file_that_others_can_write_or_that_is_damaged_is_not_read(
    cache: Path, pack: Path
) -> None:
    imported(cache, pack)
    (file,) = (cache / "modules").iterdir()
    file.chmod(0o666)
    assert imported(cache, pack, PYTHONDONTWRITEBYTECODE="1").startswith("[False, False] 1 ")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:40])
    assert imported(cache, pack).startswith("[False, False] 1 ")
    assert imported(cache, pack).startswith("[True, True] 1 ")


@pytest.mark.parametrize("left", [b"", b"\0" * 20, b"N"])
def test_code_that_is_damaged_is_read_from_pythons_own_file(
    left: bytes, cache: Path, pack: Path
) -> None:
    whole = imported(cache, pack)
    (file,) = (cache / "modules").iterdir()
    content = file.read_bytes()
    length, _ = kept_modules._HEAD.unpack_from(content)
    file.write_bytes(content[: kept_modules._HEAD.size + length] + left)
    assert imported(cache, pack) == whole.replace("[False, False]", "[True, True]")


def test_nothing_is_kept_where_python_writes_no_code(cache: Path, pack: Path) -> None:
    imported(cache, pack, PYTHONDONTWRITEBYTECODE="1")
    assert not cache.exists()


def test_a_user_without_a_home_imports_as_always(pack: Path) -> None:
    # The system knows no user of that number.
    lost = "import pwd; pwd.getpwuid = {}.__getitem__\n"
    environment = {name: text for name, text in os.environ.items() if name in ("PATH", "LANG")}
    command = [sys.executable, "-c", lost + _PROGRAM, str(pack)]
    printed = subprocess.check_output(command, env=environment, text=True)
    assert printed.startswith("[False, False] 1 ")
