"""Results are uploaded and counted in the bucket, and missing ones are reported."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runner.trainer import MACHINE_FILES, Trainer


def test_the_marker_counts_what_the_bucket_holds(trainer: Trainer) -> None:
    trainer.run('cd "$PARRIS_RESULTS_DIR"; mkdir deep; echo 12 > deep/a; echo 3456 > b\n')

    manifest = json.loads(trainer.saved("results-manifest.json"))
    assert (manifest["object_count"], manifest["total_bytes"]) == (2, 8)
    assert manifest["complete"] is True
    assert manifest["uploaded_at"].endswith("Z")


def test_no_results_are_complete_results(trainer: Trainer) -> None:
    end = trainer.run("true\n")

    assert end["results"] == {"object_count": 0, "total_bytes": 0, "complete": True}


def test_an_upload_that_fails_at_first_is_tried_again(trainer: Trainer) -> None:
    trainer.let_fail(1, "results/model")

    end = trainer.run('echo 1 > "$PARRIS_RESULTS_DIR/model"\n')

    assert end["results"] == {"object_count": 1, "total_bytes": 2, "complete": True}


def test_an_upload_that_never_succeeds_is_reported_as_incomplete(trainer: Trainer) -> None:
    trainer.let_fail(1000, "results/model", 403)
    # So that the attempts end soon.
    trainer.job["limits"] = {
        "time_limit_seconds": 60,
        "cost_limit_seconds": None,
        "ends_at_seconds": 50,
        "gone_at_seconds": 60,
    }
    trainer.launched_at -= 40

    end = trainer.run('cd "$PARRIS_RESULTS_DIR"; echo 1 > model; echo 2 > metrics\n')

    assert (end["ended_by"], end["exit_status"]) == ("script", 0)
    assert end["results"] == {"object_count": 1, "total_bytes": 2, "complete": False}
    assert json.loads(trainer.saved("results-manifest.json"))["complete"] is False
    log = trainer.saved("log.txt").decode()
    assert "'model': AccessDenied: come back later" in log
    assert "not saved completely, 1 of 2 results: 'model'" in log
    assert "the rest stays on the volume" in log


def test_each_file_is_saved_once_and_only_files_are_results(trainer: Trainer) -> None:
    end = trainer.run(
        'cd "$PARRIS_RESULTS_DIR"; mkdir run; echo 1 > run/model-9; mkfifo pipe\n'
        "ln -s run/model-9 best; ln -s gone dead; ln -s . run/latest; ln -s loop loop\n"
    )

    assert end["results"] == {"object_count": 1, "total_bytes": 2, "complete": True}
    assert trainer.results() == {"run/model-9": b"1\n"}
    assert b"2 symbolic links to results that are saved already" in trainer.saved("log.txt")


def test_input_data_is_there_before_the_script_starts(trainer: Trainer) -> None:
    trainer.put("sets/train/a.csv", "a")
    trainer.put("sets/train/more/b.csv", "b")
    trainer.put("labels.csv", "l")
    trainer.put("other/labels.csv", "o")
    trainer.job["input_data"] = [
        "s3://bucket/sets/train/",
        "s3://bucket/labels.csv",
        "s3://bucket/other/labels.csv",
    ]

    end = trainer.run('cd "$PARRIS_INPUT_DIR"; cat train/a.csv train/more/b.csv labels.csv*\n')

    assert end["last_log_lines"] == ["ablo"]


def test_a_prefix_without_its_slash_is_a_folder_too(trainer: Trainer) -> None:
    trainer.put("sets/train/a.csv", "a")
    trainer.job["input_data"] = ["s3://bucket/sets/train"]

    assert trainer.run('cat "$PARRIS_INPUT_DIR/train/a.csv"\n')["last_log_lines"] == ["a"]


def test_input_data_that_is_not_there_is_a_failed_bootstrap(trainer: Trainer) -> None:
    trainer.job["input_data"] = ["s3://bucket/nothing/here/"]

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"], end["started_at"]) == ("bootstrap", None, None)
    assert "s3://bucket/nothing/here/" in end["last_log_lines"][-1]
    assert end["results"]["complete"] is True


RESUME: dict[str, object] = {
    "attempt": 1,
    "uri": "s3://bucket/machines/before/results/",
    "credentials": {"access_key_id": "A", "secret_access_key": "S", "session_token": "T"},
}
SHOWS_RESUMPTION = """echo "attempt $PARRIS_ATTEMPT: ${PARRIS_RESUME_DIR:-nothing to resume from}"
[ -z "${PARRIS_RESUME_DIR:-}" ] || cat "$PARRIS_RESUME_DIR/checkpoints/7"
"""


def test_a_first_attempt_has_nothing_to_resume_from(trainer: Trainer) -> None:
    assert trainer.run(SHOWS_RESUMPTION)["last_log_lines"] == ["attempt 1: nothing to resume from"]


def test_the_results_of_an_earlier_attempt_are_there_and_are_not_saved_again(
    trainer: Trainer,
) -> None:
    trainer.put("machines/before/results/checkpoints/7", "seven")
    trainer.job |= {"attempt": 2, "resume": RESUME}

    end = trainer.run(SHOWS_RESUMPTION)

    assert str(end["last_log_lines"][0]).startswith("attempt 2: /")
    assert end["last_log_lines"][1] == "seven"
    assert trainer.results() == {}


@pytest.mark.long  # seven seconds of retries
def test_earlier_results_that_cannot_be_read_end_the_attempt(trainer: Trainer) -> None:
    # What the fake command refuses to read.
    trainer.job |= {"attempt": 2, "resume": {**RESUME, "uri": "-"}}

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"], end["started_at"]) == ("bootstrap", None, None)
    assert "the results of attempt 1 cannot be read" in end["last_log_lines"][-1]


@pytest.mark.parametrize("is_changed", [False, True])
def test_only_the_script_that_was_meant_is_taken(
    trainer: Trainer, tmp_path: Path, is_changed: bool
) -> None:
    meant = b"echo meant\n"
    trainer.job["script"] = {"filename": "t.sh", "sha256": hashlib.sha256(meant).hexdigest()}
    (tmp_path / "job.json").write_text(json.dumps(trainer.job))
    (tmp_path / "t.sh").write_bytes(b"echo other\n" if is_changed else meant)

    checked = subprocess.run(
        [sys.executable, MACHINE_FILES / "runner_check.py", "job.json", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode != 0) == is_changed
    assert ("changed after the job was started" in checked.stderr) == is_changed
    assert (tmp_path / "script" / "t.sh").exists() != is_changed
