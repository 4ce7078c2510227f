"""The exit report survives the failure that it reports."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.trainer import Trainer


@pytest.fixture
def small_disk(trainer: Trainer) -> Iterator[Path]:
    """A small file system, 8 MB and 200 files, in which the runner has all its folders."""
    trainer.state.mkdir()
    options = "size=8m,nr_inodes=200"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(trainer.state)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a file system needs root")
    yield trainer.state
    trainer.close()
    subprocess.run(["umount", "-l", str(trainer.state)], check=True)


FULL = """
echo '{"accuracy": 0.9}' > "$PARRIS_RESULTS_DIR/metrics.json"
dd if=/dev/zero of="$PARRIS_RESULTS_DIR/checkpoint.bin" bs=64k count=2000
seq 5000
echo after the disk is full
exit 28
"""


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_the_scripts_failure_and_all_that_is_on_it_is_saved(
    trainer: Trainer,
) -> None:
    end = trainer.run(FULL)

    assert (end["ended_by"], end["exit_status"]) == ("script", 28)
    assert end["last_log_lines"][-1] == "after the disk is full"
    assert end["results"]["complete"] is True
    assert trainer.results()["metrics.json"] == b'{"accuracy": 0.9}\n'
    log = trainer.saved("log.txt")
    assert b"log.txt cannot be written any more" in log
    assert b"\n4999\n5000\nafter the disk is full\nparris: ended by script" in log


@pytest.mark.usefixtures("small_disk")
def test_a_disk_without_inodes_is_the_scripts_failure(trainer: Trainer) -> None:
    end = trainer.run(
        'cd "$PARRIS_RESULTS_DIR"; i=0; while echo $i > $i; do i=$((i+1)); done\nexit 9\n'
    )

    assert (end["ended_by"], end["exit_status"]) == ("script", 9)
    assert end["results"]["complete"] is True
    assert end["results"]["object_count"] > 100


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_is_read_only_is_a_failed_start(trainer: Trainer) -> None:
    (trainer.state / "script").mkdir()
    (trainer.state / "script" / "train.sh").write_text("echo never\n")
    remount = ["mount", "-o", "remount,ro", str(trainer.state)]
    subprocess.run(remount, check=True)

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"]) == ("bootstrap", None)
    assert "Read-only file system" in "\n".join(end["last_log_lines"])
    assert end["results"]["complete"] is True
    assert b"Read-only file system" in trainer.saved("log.txt")


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_is_full_before_the_script_starts_is_a_failed_start(trainer: Trainer) -> None:
    (trainer.state / "filler").write_bytes(b"x" * (8 * 1024 * 1024 - 65_536))

    end = trainer.run("#" * 40_000 + "\necho never\n", "train.sh")

    assert (end["ended_by"], end["exit_status"]) == ("bootstrap", None)
    assert "No space left on device" in "\n".join(end["last_log_lines"])


def test_a_role_that_may_not_write_trains_nothing_and_says_so_on_the_console(
    trainer: Trainer,
) -> None:
    trainer.let_fail(10**6, "PUT", 403)
    trainer.job["limits"] = {
        "time_limit_seconds": 60,
        "cost_limit_seconds": None,
        "ends_at_seconds": 48,
        "gone_at_seconds": 60,
    }

    trainer.start("echo trained\n")
    assert trainer.process is not None

    assert trainer.process.wait(60) == 1
    said = trainer.console()
    assert "nothing can be written to s3://bucket/" in said
    assert "AccessDenied" in said
    assert "parris: starting" not in said


def test_a_screen_that_nobody_reads_does_not_stop_the_script(trainer: Trainer) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    trainer.console_descriptor = writing

    end = trainer.run(
        "for i in $(seq 20000); do echo line $i; done; echo 1 > $PARRIS_RESULTS_DIR/m\n"
    )

    assert end["exit_status"] == 0
    assert trainer.saved("log.txt").count(b"line ") == 20_000
    assert trainer.results() == {"m": b"1\n"}


def test_a_screen_that_takes_nothing_does_not_stop_the_script(trainer: Trainer) -> None:
    reading, writing = os.pipe()
    trainer.console_descriptor = writing

    end = trainer.run("for i in $(seq 20000); do echo line $i; done\n")

    os.close(reading)
    assert end["exit_status"] == 0
    assert trainer.saved("log.txt").count(b"line ") == 20_000


def test_a_runner_of_a_machine_without_credentials_ends(trainer: Trainer) -> None:
    trainer.has_role = False
    begun_at = time.time()
    trainer.job["limits"] = {
        "time_limit_seconds": 30,
        "cost_limit_seconds": None,
        "ends_at_seconds": 24,
        "gone_at_seconds": 30,
    }

    trainer.start("echo trained\n")
    assert trainer.process is not None

    assert trainer.process.wait(60) == 1
    assert time.time() - begun_at < 45
    assert "provides no credentials" in trainer.console()


def test_the_script_is_what_the_kernel_kills_first(trainer: Trainer) -> None:
    end = trainer.run("cat /proc/self/oom_score_adj; cat /proc/$PPID/oom_score_adj\n")

    script, runner = end["last_log_lines"]
    assert int(script) == 500
    assert int(runner) < 500
