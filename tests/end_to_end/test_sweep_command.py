"""`parris sweep`: a sweep is started, followed, shown, stopped and reported on."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from parris_cli.errors import RefusedError
from parris_cli.sweeps.follow_sweep import SweepFollower
from parris_cli.sweeps.one_sweep import (
    OneSweepOptions,
    fetch_sweep_on,
    show_status_on,
    stop_sweep_on,
)
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.run_sweep import follow_and_report
from parris_cli.sweeps.start_sweep import StartedSweep, start_sweep
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.screen import Screen
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.patience import PATIENCE_SECONDS

TRAINS = """\
echo "loss=$PARRIS_HP_DEPTH.5"
echo trained > $PARRIS_RESULTS_DIR/model
exit $((PARRIS_HP_DEPTH == 3))
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_sweep(folder: Path, name: str, script: str, **changes: Any) -> Path:
    (folder / "train.sh").write_text(script)
    training = {
        "training-script-filename": "train.sh",
        "instance-type": "t3.micro",
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": "1h"},
        "metrics": {"loss": "loss=([0-9.]+)"},
    }
    (folder / "job.json").write_text(json.dumps(training))
    config = {
        "sweep-name": name,
        "training": "job.json",
        "parameters": {"depth": {"type": "integer", "values": [1, 3]}},
        "search": {"method": "grid"},
        "goal": {"metric": "loss", "direction": "minimize"},
        "budget": {"cost-limit": 5},
        **changes,
    }
    (folder / "sweep.json").write_text(json.dumps(config))
    return folder / "sweep.json"


def start(deployed: Deployed, config: Path) -> StartedSweep:
    with Interrupts() as interrupts:
        return start_sweep(deployed.account, find_sweep_files(config), interrupts)


def follow(deployed: Deployed, started: StartedSweep, *, is_json: bool = False) -> tuple[int, str]:
    shown = io.StringIO()
    with Interrupts() as interrupts:
        follower = SweepFollower(
            deployed.account,
            SweepReader(deployed.account),
            started,
            Screen(shown),
            interrupts,
        )
        return follow_and_report(follower, None, is_json=is_json), shown.getvalue()


def started_machines(deployed: Deployed) -> set[str]:
    """Return the files with which machines report that their script runs."""
    bucket = deployed.account.deployment.bucket
    listed = deployed.account.s3.list_objects_v2(Bucket=bucket, Prefix="machines/")
    keys = {one["Key"] for one in listed.get("Contents", [])}
    return {key for key in keys if key.endswith("/started.json")}


def wait_for_a_script(deployed: Deployed, before: set[str]) -> None:
    """Wait until a further machine runs its script."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while started_machines(deployed) <= before:
        assert time.monotonic() < deadline, "no script has begun"
        time.sleep(0.3)


def test_a_sweep_is_followed_to_its_end_and_leaves_a_report(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = start(deployed, write_sweep(folder, "grid", TRAINS))
    exit_code, shown = follow(deployed, started)
    assert exit_code == 0
    assert "trial 0      COMPLETED: loss 1.5" in shown
    assert "trial 1      SCRIPT_FAILED: loss 3.5" in shown
    report = capsys.readouterr().out
    assert report.startswith("COMPLETED  2 trials: 1 succeeded, 1 failed; spent 0.")
    assert "best     loss 1.5, trial 0" in report
    written = folder / "results" / started.sweep_id
    assert {path.name for path in written.iterdir()} == {
        "record.json",
        "report.html",
        "best-config.json",
    }
    best = json.loads((written / "best-config.json").read_text())
    assert best["hyperparameters"] == {"depth": 1}

    shown_once = OneSweepOptions("grid", None, is_json=False)
    assert show_status_on(deployed.account, shown_once, Screen(io.StringIO())) == 0
    status = capsys.readouterr().out
    assert "  trials   2 of 2 have ended\n  best     loss 1.5, trial 0\n" in status
    assert status.count("SCRIPT_FAILED") == 1
    options = OneSweepOptions("grid", None, is_json=True)
    assert show_status_on(deployed.account, options, Screen(io.StringIO())) == 0
    record = json.loads(capsys.readouterr().out)
    assert record == json.loads((written / "record.json").read_text())
    elsewhere = OneSweepOptions(started.sweep_id, None, is_json=False, folder=folder / "other")
    assert fetch_sweep_on(deployed.account, elsewhere, Screen(io.StringIO())) == 0
    assert (folder / "other" / "report.html").read_text().startswith("<!doctype html>")
    with pytest.raises(RefusedError, match=f"the sweep {started.sweep_id} has ended already"):
        stop_sweep_on(deployed.account, options, Screen(io.StringIO()))
    with pytest.raises(RefusedError, match="there is no sweep named nobody"):
        show_status_on(
            deployed.account, OneSweepOptions("nobody", None, is_json=False), Screen(io.StringIO())
        )


def test_a_sweep_that_is_stopped_saves_what_its_trials_have_and_leaves_nothing(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saves = f"trap 'echo saved > $PARRIS_RESULTS_DIR/saved; exit 0' TERM\n{ENDLESS}"
    config = write_sweep(folder, "stopped", saves, **{"max-parallel": 1})
    before = started_machines(deployed)
    start(deployed, config)
    wait_for_a_script(deployed, before)
    options = OneSweepOptions("stopped", None, is_json=True)
    assert stop_sweep_on(deployed.account, options, Screen(io.StringIO())) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["status"] == "STOP_REQUESTED"
    assert record["counts"]["not-started"] == 1
    assert [trial["reason"] for trial in record["trials"] if trial["runs"]] == ["ABORTED"]
    assert record["reserved_usd"] == "0.0000"


def test_a_rejected_sweep_reports_every_violation_and_starts_nothing(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = write_sweep(folder, "wrong", TRAINS, budget={"cost-limit": 0}, trials=0)
    training = json.loads((folder / "job.json").read_text())
    training |= {"termination-options": {}, "hyperparameters": ["depth"]}
    (folder / "job.json").write_text(json.dumps(training))
    started = start(deployed, wrong)
    exit_code, _ = follow(deployed, started, is_json=True)
    assert exit_code == 2
    cause = json.loads(capsys.readouterr().out)["cause"]
    for path in (
        "/budget/cost-limit",
        "/trials",
        "/training/termination-options/time-limit",
        "/training/hyperparameters",
    ):
        assert f"{path}: found " in cause
    options = OneSweepOptions(started.sweep_id, None, is_json=False)
    with pytest.raises(RefusedError, match=f"{started.sweep_id} was rejected: 4 violations"):
        show_status_on(deployed.account, options, Screen(io.StringIO()))


def test_a_stop_that_comes_before_a_sweep_has_begun_is_not_lost(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = start(deployed, write_sweep(folder, "early", ENDLESS, **{"max-parallel": 1}))
    options = OneSweepOptions(started.sweep_id, None, is_json=False)
    with pytest.raises(RefusedError, match=r"is still being checked; try again"):
        show_status_on(deployed.account, options, Screen(io.StringIO()))
    with Interrupts() as interrupts:
        reader, screen = SweepReader(deployed.account), Screen(io.StringIO())
        follower = SweepFollower(deployed.account, reader, started, screen, interrupts)
        follower.stop()
        follow_and_report(follower, None, is_json=True)
    assert json.loads(capsys.readouterr().out)["status"] == "STOP_REQUESTED"


@pytest.mark.parametrize("training", [None, [], 7])
def test_a_config_without_a_training_is_refused_at_once(folder: Path, training: object) -> None:
    path = write_sweep(folder, "none", TRAINS, training=training)
    with pytest.raises(RefusedError, match="training is missing or not an object"):
        find_sweep_files(path)
