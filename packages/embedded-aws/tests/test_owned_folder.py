"""Temporary folders are deleted with their process, however it ends, and with no other."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.held_signals import held_signals
from embedded_aws.owned_folder import PREFIX, owned_folder, sweep
from embedded_aws.processes import find_marked
from embedded_aws_helpers.builders import until

HOLDS = """
    import sys
    from pathlib import Path
    from embedded_aws.owned_folder import owned_folder
    with owned_folder(Path(sys.argv[1])) as folder:
        (folder / "content").write_text("x")
        print(folder, flush=True)
        sys.stdin.read()
"""


def holder(place: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDS), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_folder_goes_with_its_block_also_while_something_writes_into_it(tmp_path: Path) -> None:
    is_over = threading.Event()

    def write(folder: Path) -> None:
        for number in range(300):
            try:
                (folder / "deep").mkdir(exist_ok=True)
                (folder / "deep" / str(number)).write_text("x")
            except OSError:
                pass
        is_over.set()

    with owned_folder(tmp_path) as folder:
        threading.Thread(target=write, args=(folder,)).start()
    is_over.wait(30)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_forbids_its_own_removal_goes(tmp_path: Path) -> None:
    with owned_folder(tmp_path) as folder:
        (folder / "closed" / "inner").mkdir(parents=True)
        (folder / "closed" / "inner" / "file").touch()
        (folder / "closed").chmod(0o500)
        (folder / "closed" / "inner").chmod(0)
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_leaves_is_swept_and_what_lives_is_not(tmp_path: Path) -> None:
    with holder(tmp_path) as killed, holder(tmp_path) as living:
        assert killed.stdout is not None and living.stdout is not None
        left, used = (Path(one.stdout.readline().strip()) for one in (killed, living))  # type: ignore[union-attr]
        killed.kill()
        killed.wait()
        assert left.is_dir()
        sweep(tmp_path)
        assert not left.exists()
        assert (used / "content").is_file()
        living.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_not_ours_is_swept(tmp_path: Path) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    pid = int(dead.stdout)
    kept = [
        tmp_path / f"{PREFIX}another-form",
        tmp_path / f"{PREFIX}{os.getpid()}-0-young",  # without a lock, made just now
        tmp_path / f"other-{pid}-0-x",
    ]
    for folder in kept:
        folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{PREFIX}{pid}-0-link").symlink_to(elsewhere)
    file = tmp_path / f"{PREFIX}{pid}-0-file"
    file.touch()
    sweep(tmp_path)
    assert all(place.exists() for place in (*kept, elsewhere, file))


def test_a_process_of_the_same_number_is_another_one(tmp_path: Path) -> None:
    reused = tmp_path / f"{PREFIX}{os.getpid()}-1-x"  # as if this number had been another's
    reused.mkdir()
    (reused / ".in-use").touch()
    sweep(tmp_path)
    assert not reused.exists()


RUNS = """
    import sys, time
    from embedded_aws import EmbeddedAws
    with EmbeddedAws() as aws:
        aws.client("ec2").run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1,
            UserData="#!/bin/bash\\nsetsid sleep 600\\n",
        )
        print(aws.context.folder, flush=True)
        time.sleep(600)
"""


def test_the_next_start_sweeps_what_a_killed_one_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUNS)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        until(lambda: list(folder.glob("machines/*/console.log")))
        process.kill()
    assert folder.is_dir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with EmbeddedAws():
        assert not folder.exists()
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
    assert not find_marked("", "EMBEDDED_MACHINE")


def test_a_signal_that_comes_while_it_closes_waits_for_the_end(tmp_path: Path) -> None:
    seen: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: seen.append("signal"))
    try:
        with held_signals():
            for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGHUP):
                signal.raise_signal(number)
            seen.append("closed")
        assert seen == ["closed", "signal"]
    finally:
        signal.signal(signal.SIGTERM, before)
