"""`parris sweep`: a sweep is started, followed, shown, stopped and reported on."""

import io
import json
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parris_cli.containers.stand_in_image import with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.errors import RefusedError
from parris_cli.sweeps.follow_sweep import SweepFollower
from parris_cli.sweeps.one_sweep import fetch_sweep_on, show_status_on, stop_sweep_on
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.run_sweep import follow_and_report
from parris_cli.sweeps.show_sweep import OneSweepOptions
from parris_cli.sweeps.start_sweep import start_sweep
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.screen import Screen
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.end_to_end.digit_trainings import digits_script, digits_sweep
from tests.end_to_end.followed_sweep import end_of, follow, left_of, start
from tests.end_to_end.person import Person
from tests.patience import PATIENCE_SECONDS


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


def test_a_grid_of_real_trainings_is_followed_to_its_end_and_leaves_a_report(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str], person: Person
) -> None:
    (folder / "train.py").write_text(digits_script(failing=4, lost=1))
    config = digits_sweep(
        "grid",
        {"method": "grid"},
        training={"instance-type": "t3.micro", "max-attempts": 2},
        parameters={
            "c": {"type": "float", "values": [0.01, 1.0, 100.0]},
            "gamma": {"type": "float", "values": [0.0001, 0.01]},
        },
        budget={"cost-limit": 3.3},
    )
    (folder / "sweep.json").write_text(json.dumps(config))
    started = start(deployed, folder / "sweep.json")
    # A trial can cost 1.22 USD in two attempts, so that two fit; the others wait.
    assert Decimal("2.4") < end_of(deployed, started) <= Decimal("3.3")
    exit_code, shown = follow(deployed, started)
    assert exit_code == 0
    assert "trial 4      SCRIPT_FAILED: accuracy 1, " in shown
    report = capsys.readouterr().out
    assert report.startswith("COMPLETED  6 trials: 5 succeeded, 1 failed; spent 0.")
    written = folder / "results" / started.sweep_id
    assert {path.name for path in written.iterdir()} == {
        "record.json",
        "report.html",
        "best-config.json",
    }
    record = json.loads((written / "record.json").read_text())
    assert (record["best_trial"], record["reserved_usd"]) == (2, "0.0000")
    best = record["trials"][2]
    assert best["value"] > 0.9
    # It has lost its machine, and was trained again on another one.
    assert (record["trials"][1]["status"], record["trials"][1]["runs"]) == ("succeeded", 1)
    best_config = json.loads((written / "best-config.json").read_text())
    assert best_config["hyperparameters"] == best["parameters"] == {"c": 1.0, "gamma": 0.0001}
    # What the lost machine may have had is retained for a while.
    assert [left["kind"] for one in record["trials"] for left in left_of(deployed, one)] == [
        "volume"
    ]

    shown_once = OneSweepOptions("grid", None, is_json=False)
    assert show_status_on(deployed.account, shown_once, Screen(io.StringIO())) == 0
    status = capsys.readouterr().out
    assert "  trials   6 of 6 have ended\n  best     accuracy 0.9" in status
    assert status.count("SCRIPT_FAILED") == 1
    options = OneSweepOptions("grid", None, is_json=True)
    assert show_status_on(deployed.account, options, Screen(io.StringIO())) == 0
    assert json.loads(capsys.readouterr().out) == record
    elsewhere = OneSweepOptions(started.sweep_id, None, is_json=False, folder=folder / "other")
    assert fetch_sweep_on(deployed.account, elsewhere, Screen(io.StringIO())) == 0
    assert (folder / "other" / "report.html").read_text().startswith("<!doctype html>")
    for seen in (
        person.sees("sweep", "status", "grid", columns=120),
        person.sees("sweep", "status", "grid"),
        person.pipes("sweep", "status", "grid"),
        person.sees("sweep", "watch", "grid"),
        person.sees("sweep", "results", "grid", "again"),
    ):
        assert seen.code == 0, seen.err
        assert seen.out.startswith(("COMPLETED  6 trials: 5 ", started.sweep_id)), seen.out
    refused = person.sees("sweep", "stop", "grid")
    assert refused.code == 2
    said = " ".join(refused.err.replace("parris  ", "").split())
    assert f"the sweep {started.sweep_id} has ended already" in said


def test_a_search_over_real_trainings_names_the_best_and_stops_the_worst_early(
    deployed: Deployed, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "train.py").write_text(digits_script(failing=4, worst=8))
    config = digits_sweep(
        "search",
        {"method": "thompson", "seed": 1},
        training={
            "target": "batch",
            "image": "public.ecr.aws/docker/library/python:3.13-slim",
            "vcpus": 1,
            "memory-mib": 2048,
        },
        parameters={
            "c": {"type": "float", "minimum": 0.01, "maximum": 1000, "scale": "log"},
            "gamma": {"type": "float", "minimum": 1e-6, "maximum": 0.1, "scale": "log"},
        },
        trials=12,
        budget={"cost-limit": 20},
        **{"early-stopping": {"minimum-reports": 1}, "max-parallel": 2},
    )
    (folder / "sweep.json").write_text(json.dumps(config))
    files = find_sweep_files(folder / "sweep.json")
    deploy_environment(deployed.account, files.training, Screen(io.StringIO()))
    training = with_stand_in_image(deployed.account, files.training, Screen(io.StringIO()))
    with Interrupts() as interrupts:
        started = start_sweep(deployed.account, replace(files, training=training), interrupts)
    assert end_of(deployed, started) < 20
    assert follow(deployed, started, is_json=True)[0] == 0
    record = json.loads(capsys.readouterr().out)
    assert record["status"] == "COMPLETED"
    assert (record["counts"]["succeeded"], record["counts"]["failed"]) == (11, 1)
    trials, worst = record["trials"], record["trials"][8]
    assert trials[4]["reason"] == "SCRIPT_FAILED"
    assert (worst["reason"], worst["status"]) == ("STOPPED_EARLY", "succeeded")
    assert "accuracy 0 after 1 reports is not among the best" in worst["cause"]
    best = trials[record["best_trial"]]
    assert best["value"] == max(one["value"] for one in trials if one["status"] == "succeeded")
    spent_usd = sum(Decimal(one["spent_usd"]) for one in trials)
    assert 0 < spent_usd == Decimal(record["spent_usd"]) < 20
    assert record["reserved_usd"] == "0.0000"
    assert [left for one in trials for left in left_of(deployed, one)] == []


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
    parameters = {"depth": {"type": "integer", "minimum": 3, "maximum": 1}, "rate": {"type": "x"}}
    wrong = write_sweep(
        folder, "wrong", "exit 0\n", budget={"cost-limit": 0}, trials=0, parameters=parameters
    )
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
        "/parameters/depth/maximum",
        "/parameters/rate/type",
        "/training/termination-options/time-limit",
        "/training/hyperparameters",
    ):
        assert f"{path}: found " in cause
    options = OneSweepOptions(started.sweep_id, None, is_json=False)
    with pytest.raises(RefusedError, match=f"{started.sweep_id} was rejected: 7 violations"):
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
    path = write_sweep(folder, "none", "exit 0\n", training=training)
    with pytest.raises(RefusedError, match="training is missing or not an object"):
        find_sweep_files(path)
