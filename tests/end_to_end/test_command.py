"""The `parris` command as a user starts it: a process and an AWS of its own."""

import codecs
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parris_cli.project_files import PROJECT
from tests.end_to_end.command import (
    PARRIS,
    environment,
    none_is_left,
    processes_of,
    started,
    wait_for_words,
)
from tests.end_to_end.deployment import ENDLESS
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home; temporary files lie in it too, so that it marks every process of a run."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    return folder


class TerminalOfRun:
    """A real terminal of so many columns, read by one that is emulated."""

    def __init__(self, columns: int) -> None:
        self._emulated = EmulatedTerminal(columns)
        self._ours, self.stream = os.openpty()
        size = struct.pack("HHHH", 40, columns, 0, 0)
        fcntl.ioctl(self.stream, termios.TIOCSWINSZ, size)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> EmulatedTerminal:
        """End it, and return what it shows."""
        os.close(self.stream)
        self._reader.join(PATIENCE_SECONDS)
        os.close(self._ours)
        return self._emulated

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while True:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # what Linux answers once nobody writes any more
                return
            if not piece:
                return
            self._emulated.write(decoder.decode(piece))


def test_the_default_job_trains_a_model_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    screen = TerminalOfRun(columns=80)
    done = subprocess.run(
        [PARRIS, "run", "--embedded", "--json"],
        stdout=subprocess.PIPE,
        stderr=screen.stream,
        text=True,
        cwd=tmp_path,
        env={**environment(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        timeout=PATIENCE_SECONDS,
    )
    shown = screen.close()
    assert done.returncode == 0, shown.raw
    said = json.loads(done.stdout)
    assert said["execution_status"] == "SUCCEEDED"
    assert said["reason"] == "COMPLETED"
    assert said["target_details"] == {"stack_status": "DELETE_COMPLETE"}
    assert said["left_running"] == []
    assert said["history_events"] > 30
    results = tmp_path / said["results"]
    assert results == tmp_path / "results" / said["job_id"]
    assert len(json.loads((results / "model.json").read_text())["networks"]) == 12
    metrics = json.loads((results / "metrics.json").read_text())
    assert metrics["is_complete"] is True
    assert metrics["test_accuracy"] > 0.9
    assert metrics["history"][0]["loss"] > metrics["loss"]
    assert "loss" in (results / "log.txt").read_text()
    record = json.loads((results / "record.json").read_text())
    assert record["outcome"]["job_id"] == said["job_id"]
    none_is_left(home)
    is_remembered(said["job_id"], tmp_path)
    is_as_in_the_readme(shown)


def is_remembered(job_id: str, folder: Path) -> None:
    """The history has how the job ended, although its AWS is gone."""
    remembered = json.loads((folder / "results" / ".history" / f"{job_id}.json").read_text())
    assert remembered["entry"]["reason"] == "COMPLETED"
    assert remembered["results"] == str(folder / "results" / job_id)


def is_as_in_the_readme(shown: EmulatedTerminal) -> None:
    """README's first picture is what the terminal showed, down to the status line."""
    picture = re.findall(r"```text\n(.*?)\n```", (PROJECT / "README.md").read_text(), re.DOTALL)[0]
    *lines, status = map(without_figures, picture.splitlines())
    rows = [without_figures(row) for row in shown.rows]
    for line in lines:
        assert line in rows, "\n".join(shown.rows)
        del rows[: rows.index(line) + 1]
    assert status in map(without_figures, re.sub(r"\x1b\[[\d;]*[mK]", "", shown.raw).split("\r"))
    own = [row for row in shown.rows if row.startswith("parris  ")]
    assert max(map(len, own)) < 80
    for phase in ("saving", "cleaning up", "downloading"):
        assert len([row for row in own if row.startswith(f"parris  {phase}  ")]) == 1


def without_figures(line: str) -> str:
    """A line without what differs from run to run; the bar is shorter for a longer time."""
    return re.sub(r"-\d{8}t\d{6}-[0-9a-f]{4}|[\d.:]+|\u2591+", "#", line.rstrip())


@pytest.fixture
def endless_job(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "train.sh").write_text(f"echo training has begun\n{ENDLESS}")
    config = json.loads((PROJECT / "config" / "examples" / "on-complete.json").read_text())
    config["training-script-filename"] = "train.sh"
    (tmp_path / "job.json").write_text(json.dumps(config))
    with started(
        "run", "job.json", "--embedded", "--json", "--results", "out", home=home, folder=tmp_path
    ) as process:
        yield process


@pytest.mark.parametrize(
    ("send", "number"),
    [
        # What a terminal sends goes to every process of the command's group.
        (os.killpg, signal.SIGINT),
        pytest.param(os.killpg, signal.SIGHUP, marks=pytest.mark.long),
        pytest.param(os.kill, signal.SIGTERM, marks=pytest.mark.long),
    ],
)
def test_ctrl_c_and_whatever_is_like_it_ends_the_job_and_cleans_up(
    endless_job: subprocess.Popen[str],
    home: Path,
    send: Callable[[int, int], None],
    number: signal.Signals,
) -> None:
    wait_for_words(endless_job.stderr, "training has begun")
    send(endless_job.pid, number)
    out, err = endless_job.communicate(timeout=PATIENCE_SECONDS)
    said = json.loads(out)
    assert said["reason"] == "ABORTED", err
    assert said["target_details"] == {"stack_status": "DELETE_COMPLETE"}
    assert said["left_running"] == []
    assert endless_job.returncode == 1
    none_is_left(home)


@pytest.mark.long
def test_ctrl_c_twice_shuts_everything_down_at_once(
    endless_job: subprocess.Popen[str], home: Path
) -> None:
    wait_for_words(endless_job.stderr, "training has begun")
    os.killpg(endless_job.pid, signal.SIGINT)
    wait_for_words(endless_job.stderr, "ending the job")
    os.killpg(endless_job.pid, signal.SIGINT)
    out, _ = endless_job.communicate(timeout=PATIENCE_SECONDS)
    assert json.loads(out)["execution_status"] == "INTERRUPTED"
    assert endless_job.returncode == 1
    none_is_left(home)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_start_is_reported_and_leaves_nothing(
    endless_job: subprocess.Popen[str], home: Path, number: signal.Signals
) -> None:
    wait_for_words(endless_job.stderr, "deploying template.yaml")
    os.kill(endless_job.pid, number)
    time.sleep(0.2)
    os.kill(endless_job.pid, number)
    out, _ = endless_job.communicate(timeout=PATIENCE_SECONDS)
    said = json.loads(out)
    assert (said["job_id"], said["goes_on"]) == (None, False)
    assert said["cause"] == "interrupted; no job was started"
    assert endless_job.returncode == 1
    none_is_left(home)
    assert list((home / "tmp").iterdir()) == []


@pytest.mark.long
def test_a_command_that_is_killed_leaves_no_machine_behind(
    endless_job: subprocess.Popen[str], home: Path
) -> None:
    wait_for_words(endless_job.stderr, "training has begun")
    assert len(processes_of(home)) > 3
    endless_job.kill()
    endless_job.wait(timeout=PATIENCE_SECONDS)
    none_is_left(home)
