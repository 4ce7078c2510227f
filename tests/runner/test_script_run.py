"""What a script finds, and how its end is reported."""

import json

import pytest

from embedded_aws_helpers.waiting import is_alive, wait_until
from tests.runner.trainer import PREFIX, Trainer


def test_a_successful_script_leaves_results_log_and_a_report(trainer: Trainer) -> None:
    end = trainer.run('echo "loss 0.5"\necho weights > "$PARRIS_RESULTS_DIR/model.bin"\n')

    assert end["exit_status"] == 0
    assert end["signal"] is None
    assert end["ended_by"] == "script"
    assert end["last_log_lines"] == ["loss 0.5"]
    assert end["started_at"] <= end["ended_at"]
    assert end["ended_at"].endswith("Z")
    assert trainer.results() == {"model.bin": b"weights\n"}
    assert b"loss 0.5\n" in trainer.saved("log.txt")


def test_the_end_is_written_before_the_results_and_after_everything(trainer: Trainer) -> None:
    reports: list[bytes] = []
    trainer.service.on_put = lambda key: reports.append(
        trainer.service.objects.get(f"{PREFIX}/exit.json", b"")
    )

    end = trainer.run('echo 1 > "$PARRIS_RESULTS_DIR/model.bin"\n')

    assert [name for name in trainer.writes() if name != "heartbeat.json"] == [
        "started.json",
        "exit.json",
        "log.txt",
        "results/model.bin",
        "results-manifest.json",
        "log.txt",
        "exit.json",
    ]
    before = json.loads(reports[-1])
    assert before["is_final"] is False
    assert before["results"] == {"object_count": 0, "total_bytes": 0, "complete": False}
    assert {**before, "is_final": True, "results": end["results"]} == end


def test_a_script_that_fails_is_reported_with_its_status_and_last_twenty_lines(
    trainer: Trainer,
) -> None:
    end = trainer.run("for i in $(seq 30); do echo line $i; done\nexit 3\n")

    assert end["exit_status"] == 3
    assert end["last_log_lines"] == [f"line {number}" for number in range(11, 31)]


def test_a_script_killed_by_a_signal_has_no_exit_status(trainer: Trainer) -> None:
    end = trainer.run("kill -SEGV $$\n")

    assert (end["exit_status"], end["signal"], end["ended_by"]) == (None, "SIGSEGV", "script")


def test_the_script_finds_its_job_in_its_environment(trainer: Trainer) -> None:
    trainer.job["environment"] = {"TEAM": "vision"}
    trainer.job["hyperparameters"] = {"learning-rate": 0.1, "deep": True, "layers": [1, 2]}

    trainer.run('cd "$PARRIS_RESULTS_DIR"; env > env; cp "$PARRIS_HYPERPARAMETERS" .\n')

    found = dict(
        line.split("=", 1) for line in trainer.results()["env"].decode().splitlines() if "=" in line
    )
    assert found["TEAM"] == "vision"
    assert found["PARRIS_JOB_ID"] == "digits-1"
    assert found["PARRIS_TRAINING_JOB_NAME"] == "digits"
    assert found["PARRIS_HP_LEARNING_RATE"] == "0.1"
    assert found["PARRIS_HP_DEEP"] == "true"
    assert "PARRIS_HP_LAYERS" not in found
    assert found["PARRIS_DEADLINE"] == ""
    assert found["TERMINATION_TIME_LIMIT"] == "90"
    assert json.loads(trainer.results()["hyperparameters.json"])["layers"] == [1, 2]


def test_the_deadline_is_when_the_job_ends(trainer: Trainer) -> None:
    trainer.launched_at = 2_000_000_000
    trainer.job["limits"] = {
        "time_limit_seconds": 3600,
        "cost_limit_seconds": 1800,
        "ends_at_seconds": 1740,
        "gone_at_seconds": 1800,
    }
    trainer.job["save_grace_seconds"] = 60

    trainer.run('printf %s "$PARRIS_DEADLINE" > "$PARRIS_RESULTS_DIR/deadline"\n')

    assert trainer.results()["deadline"] == b"2033-05-18T04:02:20.000Z"


def test_the_old_placeholder_becomes_whole_minutes(trainer: Trainer) -> None:
    end = trainer.run("#!/usr/bin/env python3\nprint('minutes: ${TERMINATION_TIME_LIMIT}')\n")

    assert end["last_log_lines"] == ["minutes: 90"]


@pytest.mark.parametrize(
    ("script", "filename"),
    [
        ("#!/bin/bash\necho ran\n", "train.sh"),
        ("[[ -n $BASH_VERSION ]] && echo ran\n", "train"),
        ("print('ran')\n", "train.py"),
        ("#!/bin/bash\r\nif true; then\r\n  echo ran\r\nfi\r\n", "windows.sh"),
        ("#!/usr/bin/env python3\nprint('ran')\n", "no-suffix"),
    ],
)
def test_a_script_runs_however_it_was_written(trainer: Trainer, script: str, filename: str) -> None:
    end = trainer.run(script, filename)

    assert (end["exit_status"], end["last_log_lines"]) == (0, ["ran"])


def test_a_script_whose_interpreter_is_missing_fails_as_in_a_shell(trainer: Trainer) -> None:
    end = trainer.run("#!/no/such/interpreter\n")

    assert end["exit_status"] == 127
    assert end["last_log_lines"][-1] == (
        "parris: the script could not be started: its first line is '#!/no/such/interpreter', and"
        " this machine has no such program"
    )


def test_output_without_a_last_line_end_is_not_lost(trainer: Trainer) -> None:
    assert trainer.run("printf 'epoch 1\\nno end'\n")["last_log_lines"] == ["epoch 1", "no end"]


def test_binary_output_is_kept_as_it_is_and_shown_readably(trainer: Trainer) -> None:
    end = trainer.run("printf 'a\\000b\\377c\\n'\n")

    assert end["last_log_lines"] == ["a\ufffdb\ufffdc"]
    assert b"a\000b\377c\n" in trainer.saved("log.txt")


def test_a_line_without_end_is_cut_and_nothing_of_it_is_lost(trainer: Trainer) -> None:
    end = trainer.run("head -c 3000000 /dev/zero | tr '\\0' Z; echo; echo done\n")

    assert end["exit_status"] == 0
    assert end["last_log_lines"][-1] == "done"
    assert trainer.saved("log.txt").count(b"Z") == 3_000_000
    assert all(len(line) <= 500 for line in end["last_log_lines"])


def test_the_log_reaches_cloudwatch_while_the_script_runs(trainer: Trainer) -> None:
    trainer.start('echo first; until [ -e "$PARRIS_RESULTS_DIR/go" ]; do sleep 0.1; done\n')
    stream = trainer.folder / "logs/trainers/digits/digits-1"
    wait_until(lambda: stream.exists() and "first" in stream.read_text())
    (trainer.state / "results" / "go").touch()

    assert trainer.finish()["exit_status"] == 0


def test_a_log_that_cannot_be_sent_does_not_end_the_training(trainer: Trainer) -> None:
    trainer.let_fail(1000, "logs PutLogEvents")

    end = trainer.run('echo 1 > "$PARRIS_RESULTS_DIR/model"\n')

    assert end["exit_status"] == 0
    assert end["results"]["complete"] is True


def test_a_daemon_that_keeps_the_output_open_does_not_keep_the_job(trainer: Trainer) -> None:
    script = (
        "import os, sys, time\n"
        "if os.fork():\n    print('parent done'); sys.exit(0)\n"
        "os.setsid()\n"
        "open(os.environ['PARRIS_RESULTS_DIR'] + '/pid', 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    end = trainer.run(script, "train.py")

    assert (end["exit_status"], end["last_log_lines"]) == (0, ["parent done"])


def test_what_the_script_leaves_in_the_background_is_ended(trainer: Trainer) -> None:
    trainer.run('sleep 300 & echo $! > "$PARRIS_RESULTS_DIR/pid"\n')

    assert not is_alive(int(trainer.results()["pid"]))
