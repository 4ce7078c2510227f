"""The log is quick, and whatever happens to its readers keeps no script waiting."""

import os
import threading
from pathlib import Path

from runner_log import TrainerLog

from tests.runner.trainer import Trainer


class Broken:
    """A reader and a screen that fail at every line."""

    def add(self, lines: object) -> None:
        raise ValueError("broken")

    def show(self, lines: object, is_note: bool) -> None:
        raise BrokenPipeError


def test_broken_readers_do_not_keep_lines_from_the_file(tmp_path: Path) -> None:
    log = TrainerLog(tmp_path / "log.txt", [Broken()], Broken())
    log.write(b"one\ntwo")
    log.note("three")
    log.close()

    assert (tmp_path / "log.txt").read_text() == "one\nparris: three\ntwo\n"


def test_a_log_to_a_pipe_that_nobody_reads_continues(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    os.mkfifo(path)
    reading: list[int] = []
    opener = threading.Thread(target=lambda: reading.append(os.open(path, os.O_RDONLY)))
    opener.start()
    log = TrainerLog(path, [], Broken())
    opener.join()
    os.close(reading[0])
    log.write(b"one\n")

    assert log.last_lines() == ["one"]
    assert b"one" in log.tail()
    log.close()


def test_a_hundred_thousand_lines_arrive_in_order_in_few_calls(trainer: Trainer) -> None:
    end = trainer.run("seq 100000\n")

    numbers = [line for line in trainer.log_lines() if not line.startswith("parris:")]
    calls = [call for call in trainer.calls() if "PutLogEvents" in call]
    assert numbers == [str(number) for number in range(1, 100_001)]
    assert len(calls) <= 24
    assert end["last_log_lines"][-1] == "100000"
    assert trainer.saved("log.txt").count(b"\n") == 100_000 + 3


def test_the_latest_states_of_a_bar_are_shown_and_kept_once(trainer: Trainer) -> None:
    end = trainer.run(
        "for i in $(seq 300); do printf '\\rstep %d' $i; done; printf '\\n\\nend\\n'\n"
    )

    shown = [line for line in trainer.log_lines() if not line.startswith("parris:")]
    assert shown == ["step 300", " ", "end"]
    assert end["last_log_lines"] == ["step 300", "", "end"]
    assert b"\nstep 300\n\nend\n" in trainer.saved("log.txt")
