"""A job's code: unpacked beside the script, and never anywhere else."""

import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from runner_check import take_files
from runner_code import CodeInvalidError, unpack_code
from runner_job import CODE_FILE, Folders

from tests.runner.trainer import MACHINE_FILES, Trainer

Change = Callable[[tarfile.TarInfo], None]


def never() -> bool:
    return False


def entry(name: str, body: bytes = b"", **attributes: object) -> tuple[tarfile.TarInfo, bytes]:
    found = tarfile.TarInfo(name)
    found.size = len(body)
    for attribute, value in attributes.items():
        setattr(found, attribute, value)
    return found, body


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return entry(name, type=kind, linkname=target)


def an_archive(*entries: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:  # type: ignore[call-overload]
        for info, body in entries:
            archive.addfile(info, io.BytesIO(body))
    return written.getvalue()


def unpacked(tmp_path: Path, body: bytes) -> Path:
    archive, folder = tmp_path / "code.tar.gz", tmp_path / "work"
    archive.write_bytes(body)
    folder.mkdir(exist_ok=True)
    unpack_code(archive, folder, never)
    return folder


def give(trainer: Trainer, body: bytes, script_folder: str = "") -> None:
    place = trainer.state / "code" / CODE_FILE
    place.parent.mkdir(parents=True)
    place.write_bytes(body)
    sha256 = hashlib.sha256(body).hexdigest()
    trainer.job["code"] = {"sha256": sha256, "script_folder": script_folder}


def test_a_script_finds_its_modules_and_files_beside_it(trainer: Trainer) -> None:
    give(
        trainer,
        an_archive(
            entry("helper.py", b"LEARNED = 42\n"),
            entry("tools/run.sh", b"#!/bin/sh\necho tool\n", mode=0o755),
            entry("a file with spaces", b"read"),
            entry("empty", b""),
        ),
    )

    end = trainer.run(
        "import subprocess, helper\n"
        "print(helper.LEARNED, open('a file with spaces').read(), open('empty').read() == '')\n"
        "subprocess.run(['tools/run.sh'])\n",
        "train.py",
    )

    assert end["last_log_lines"] == ["42 read True", "tool"]
    assert "parris: unpacked the code: 4 files, 37 bytes" in trainer.log_lines()


def test_a_script_in_a_folder_of_the_code_runs_there_and_works_at_its_top(trainer: Trainer) -> None:
    give(trainer, an_archive(entry("src/helper.py", b"X = 1\n"), entry("data.csv", b"1,2")), "src")

    end = trainer.run("import helper\nprint(helper.X, open('data.csv').read())\n", "train.py")

    assert end["last_log_lines"] == ["1 1,2"]


def test_the_script_is_the_one_that_was_named_whatever_the_archive_has(trainer: Trainer) -> None:
    give(trainer, an_archive(entry("train.py", b"print('old')\n"), link("other.py", "train.py")))

    assert trainer.run("print('new')\n", "train.py")["last_log_lines"] == ["new"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_tar_archive_that_python_reads_is_taken(tmp_path: Path, mode: str) -> None:
    assert (unpacked(tmp_path, an_archive(entry("a", b"1"), mode=mode)) / "a").read_bytes() == b"1"


def test_an_archive_of_the_tar_command_is_taken(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "train.py").write_text("x")
    (source / "same.py").hardlink_to(source / "train.py")
    (source / "sub" / "up.py").symlink_to("../train.py")
    (source / "odd\nname \N{SNOWMAN}").write_text("odd")
    made = tmp_path / "made.tar.gz"
    subprocess.run(["tar", "-czf", made, "-C", source, "."], check=True)

    folder = unpacked(tmp_path, made.read_bytes())

    assert {one.relative_to(folder).as_posix() for one in folder.rglob("*")} == {
        *("sub", "train.py", "same.py", "sub/up.py", "odd\nname \N{SNOWMAN}")
    }
    assert (folder / "sub" / "up.py").read_text() == (folder / "same.py").read_text() == "x"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry("/etc/motd", b"x")], "leads out"),
        ([entry("../outside", b"x")], "leads out"),
        ([entry("a/../../outside", b"x")], "leads out"),
        ([entry(".", b"x")], "without a name"),
        ([link("out", "/etc")], "link that leads out"),
        ([link("out", "..")], "link that leads out"),
        ([link("a/out", "../../work/../..")], "link that leads out"),
        ([link("a/b/top", "../.."), link("out", "a/b/top/../..")], "link that leads out"),
        ([link("hard", "../../etc/motd", tarfile.LNKTYPE)], "leads out"),
        ([link("hard", "missing", tarfile.LNKTYPE)], "link to a missing file"),
        ([entry("pipe", type=tarfile.FIFOTYPE)], "device or pipe"),
        ([entry("disk", type=tarfile.BLKTYPE)], "device or pipe"),
        ([entry("a", b"x"), entry("a/b", b"x")], "cannot be unpacked"),
    ],
)
def test_an_entry_that_would_leave_the_folder_ends_it(
    tmp_path: Path, entries: list[tuple[tarfile.TarInfo, bytes]], words: str
) -> None:
    with pytest.raises(CodeInvalidError, match=words):
        unpacked(tmp_path, an_archive(*entries))
    assert not (tmp_path / "outside").exists()
    inside = (tmp_path / "work").resolve()
    assert all(one.resolve().is_relative_to(inside) for one in inside.rglob("*"))


def test_nothing_is_written_through_a_link_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()

    with pytest.raises(CodeInvalidError):
        unpacked(tmp_path, an_archive(link("d", str(tmp_path)), entry("d/outside", b"x")))

    assert not (tmp_path / "outside").exists()


def test_a_mode_is_executable_or_not_and_nothing_else(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, an_archive(entry("a", b"", mode=0o6777), entry("b", b"", mode=0)))

    assert [(folder / name).stat().st_mode & 0o7777 for name in "ab"] == [0o755, 0o644]


@pytest.mark.parametrize(
    "body",
    [b"", b"no archive", an_archive(entry("a", b"x" * 9000))[:60]],
    ids=["empty", "text", "cut"],
)
def test_what_is_no_whole_archive_is_said_to_be_damaged(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(CodeInvalidError, match="damaged"):
        unpacked(tmp_path, body)


def test_an_archive_is_bounded_in_size_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner_code.MOST_BYTES", 10)
    with pytest.raises(CodeInvalidError, match="more than"):
        unpacked(tmp_path, an_archive(entry("zeros", bytes(11))))
    monkeypatch.setattr("runner_code.MOST_ENTRIES", 2)
    with pytest.raises(CodeInvalidError, match="more than 2 entries"):
        unpacked(tmp_path, an_archive(*(entry(name) for name in "abc")))


def test_a_damaged_archive_ends_the_job_with_its_reason(trainer: Trainer) -> None:
    give(trainer, an_archive(entry("../x", b"1")))

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"], end["started_at"]) == ("bootstrap", None, None)
    assert "leads out" in end["last_log_lines"][-1]


def test_the_bootstrap_takes_only_the_archive_that_was_meant(trainer: Trainer) -> None:
    folders, machine = Folders(trainer.state), trainer.folder
    (machine / "train.sh").write_bytes(b"exit 0\n")
    digest = hashlib.sha256(b"exit 0\n").hexdigest()
    trainer.job["script"] = {"filename": "train.sh", "sha256": digest}
    trainer.job["code"] = {"sha256": hashlib.sha256(b"meant").hexdigest(), "script_folder": ""}
    job = trainer.write_job()

    assert "the code archive is not in the job's folder" in take_files(job, folders)
    (machine / "train.sh").write_bytes(b"exit 0\n")
    (machine / CODE_FILE).write_bytes(b"other")
    command = (sys.executable, MACHINE_FILES / "runner_check.py", job, trainer.state)
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "the code archive changed after the job was started" in refused.stderr

    (machine / "train.sh").write_bytes(b"exit 0\n")
    (machine / CODE_FILE).write_bytes(b"meant")
    assert take_files(job, folders) == ""
    assert folders.code_archive.read_bytes() == b"meant"
    assert not (machine / CODE_FILE).exists()
