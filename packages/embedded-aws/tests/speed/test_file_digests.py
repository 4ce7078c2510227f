"""Digests of files are remembered while the file system says that nothing changed."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.checked_files import read_checked, write_checked
from embedded_aws.snapshots.file_digests import FileDigests

# Written long ago, so that its digest is remembered.
OLD_FILE = os.__file__
NOTED = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshots"
    folder.mkdir(mode=0o700)
    return folder


def digest_of(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def remember(folder: Path, path: str | Path, digest: str) -> None:
    """Write what is remembered of a file, with a digest by which it can be recognized."""
    found = os.stat(path)
    state = [found.st_size, found.st_ino, found.st_dev, found.st_mtime_ns, found.st_ctime_ns]
    write(folder, [{str(path): [state, digest]}, {}])


def write(folder: Path, content: object) -> None:
    write_checked(folder / "digests.json", json.dumps(content).encode())


def read(folder: Path) -> Any:
    return json.loads(read_checked(folder / "digests.json"))


def test_a_digest_is_remembered(folder: Path) -> None:
    digests = FileDigests(folder)
    assert digests.of_file(OLD_FILE) == digest_of(OLD_FILE)
    digests.save()
    kept = read(folder)
    remember(folder, OLD_FILE, digest_of(OLD_FILE))
    assert kept == read(folder)


def test_a_file_that_did_not_change_is_not_read_again(folder: Path) -> None:
    remember(folder, OLD_FILE, NOTED)
    assert FileDigests(folder).of_file(OLD_FILE) == NOTED


def test_a_change_that_keeps_size_and_modification_time_is_noticed(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("one")
    before = file.stat()
    remember(folder, file, NOTED)
    while file.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of the file system ticks
        file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert FileDigests(folder).of_file(str(file)) == digest_of(file)


def test_a_file_that_takes_the_place_of_another_is_noticed(folder: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("one")
    other.write_text("two")
    remember(folder, one, NOTED)
    other.rename(one)
    assert FileDigests(folder).of_file(str(one)) == digest_of(one)


def test_a_file_that_changed_just_now_is_not_remembered(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("one")
    os.utime(file, (0, 0))
    digests = FileDigests(folder)
    assert digests.of_file(str(file)) == digest_of(file)
    digests.of_file(OLD_FILE)
    digests.save()
    assert list(read(folder)[0]) == [OLD_FILE]


def test_a_list_is_made_once_for_a_digest(folder: Path) -> None:
    digests = FileDigests(folder)
    assert digests.list_of("digest", lambda: ["made"]) == ["made"]
    digests.save()
    assert FileDigests(folder).list_of("digest", lambda: ["again"]) == ["made"]
    assert FileDigests(folder).list_of("another", lambda: ["again"]) == ["again"]


@pytest.mark.parametrize("content", ["", [], [{"x": 5}, {}], [[], []], {"a": 1, "b": 2}])
def test_nonsense_is_not_used(folder: Path, content: object) -> None:
    write(folder, content)
    assert FileDigests(folder).of_file(OLD_FILE) == digest_of(OLD_FILE)


@pytest.mark.parametrize("content", [b"", b"no checksum", b"[" * 200_000])
def test_a_damaged_file_is_not_used(folder: Path, content: bytes) -> None:
    (folder / "digests.json").write_bytes(content)
    (folder / "digests.json").chmod(0o600)
    assert FileDigests(folder).of_file(OLD_FILE) == digest_of(OLD_FILE)


@pytest.mark.parametrize("name", ["", "digests.json"])
def test_what_others_may_write_is_not_used(folder: Path, name: str) -> None:
    remember(folder, OLD_FILE, NOTED)
    (folder / name).chmod(0o777)
    assert FileDigests(folder).of_file(OLD_FILE) == digest_of(OLD_FILE)


def test_nothing_is_kept_where_others_may_write(folder: Path) -> None:
    folder.chmod(0o777)
    digests = FileDigests(folder)
    digests.of_file(OLD_FILE)
    digests.save()
    assert not list(folder.iterdir())


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    digests = FileDigests(tmp_path / "none")
    assert digests.of_file(OLD_FILE) == digest_of(OLD_FILE)
    digests.save()
    assert not list(tmp_path.iterdir())
