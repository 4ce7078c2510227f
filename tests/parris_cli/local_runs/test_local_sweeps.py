"""Sweeps of `parris sweep run --embedded`, from the history."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from parris_cli.local_runs.local_run import HISTORY
from parris_cli.local_runs.local_sweep import LocalSweep, write_local_sweep
from parris_cli.main import main
from tests.parris_cli.sweeps.records import record_of_trials

NOBODY = 2**22 + 1  # more than any process id
ENDED = LocalSweep(
    "iris-20310501t080000-04f2",
    "arn:aws:states:eu-west-1:123456789012:execution:parris-sweep:iris-20310501t080000-04f2",
    NOBODY,
    record={**record_of_trials(4), "status": "COMPLETED"},
    best_config={"hyperparameters": {"depth": 3}},
)


@pytest.fixture(autouse=True)
def history(empty_folder: Path) -> None:
    """A history of one sweep."""
    write_local_sweep(ENDED)
    (HISTORY / "sweeps" / "broken.json").write_text("{")


def shown(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["sweep", *words]) == code, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.parametrize("sweep", ["iris", ENDED.sweep_id, ENDED.execution_arn])
def test_a_sweep_is_found_by_its_name_its_id_and_its_arn(
    sweep: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys, "status", sweep).startswith(f"{ENDED.sweep_id}  COMPLETED\n")
    assert json.loads(shown(capsys, "status", sweep, "--json"))["sweep_name"] == "iris"


def test_a_sweep_that_has_ended_can_be_watched_but_not_stopped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert shown(capsys, "watch", "iris").startswith(f"{ENDED.sweep_id}  COMPLETED\n")
    assert main(["sweep", "stop", "iris"]) == 2
    assert f"the sweep {ENDED.sweep_id} has ended already" in capsys.readouterr().err


def test_the_files_of_a_sweep_are_written_once_more(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "report.html" in shown(capsys, "results", "iris", "there")
    assert {one.name for one in (tmp_path / "there").iterdir()} == {
        "record.json",
        "report.html",
        "best-config.json",
    }


def test_a_sweep_whose_command_was_killed_is_interrupted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    running = {**ENDED.record, "status": "RUNNING", "started_at": "2031-05-02T08:00:00+00:00"}
    cut_off = replace(ENDED, sweep_id="iris-20310502t080000-04f3", record=running)
    write_local_sweep(cut_off)
    text = shown(capsys, "status", "iris")
    assert text.splitlines()[0].endswith("  INTERRUPTED")
    assert shown(capsys, "watch", cut_off.sweep_id, code=1)
    write_local_sweep(replace(cut_off, process_id=os.getpid()))
    assert shown(capsys, "status", cut_off.sweep_id).splitlines()[0].endswith("  RUNNING")
    assert main(["sweep", "stop", cut_off.sweep_id]) == 2
    assert f"its command is process {os.getpid()}" in " ".join(capsys.readouterr().err.split())


def test_a_sweep_that_is_not_there_says_which_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "status", "wine"]) == 2
    assert "the names there are: iris" in " ".join(capsys.readouterr().err.split())
    write_local_sweep(LocalSweep("beer-20310502t080000-04f4", "arn", NOBODY))
    assert main(["sweep", "status", "beer-20310502t080000-04f4"]) == 2
    assert "never began" in capsys.readouterr().err


def test_with_an_account_only_an_id_or_the_option_means_a_sweep_of_this_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert shown(capsys, "status", ENDED.sweep_id)
    assert shown(capsys, "status", "iris", "--embedded")
    assert main(["sweep", "status", "iris"]) == 1
