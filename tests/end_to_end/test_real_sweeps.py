"""`parris sweep` as a user starts it: real trainings that are searched, and Ctrl-C at any time."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parris_cli.project_files import PROJECT
from tests.end_to_end.command import PARRIS, environment, none_is_left, started, wait_for_words
from tests.end_to_end.deployment import ENDLESS
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

# `make .venv/wheels.stamp` puts them there, so that no test asks a package index.
WHEELS = PROJECT / ".venv" / "wheels"
TRIALS, FAILING, LOST, BUDGET_USD = 12, 4, 6, 20
DIGITS = f"""\
import json, os, pathlib, signal, sys, time
from sklearn.datasets import load_digits
from sklearn.svm import SVC

name, attempt = os.environ["PARRIS_TRAINING_JOB_NAME"], os.environ["PARRIS_ATTEMPT"]
if name.endswith("-{FAILING}"):
    print("step=1 accuracy=1.0")
    sys.exit("this trial fails, whatever it has printed")
if name.endswith("-{LOST}") and attempt == "1":
    # The machine goes off without a report, as one that AWS takes back without a notice.
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
x, y = load_digits(return_X_y=True)
results = pathlib.Path(os.environ["PARRIS_RESULTS_DIR"])
for step, size in enumerate((100, 600), 1):
    model = SVC(C=float(os.environ["PARRIS_HP_C"]), gamma=float(os.environ["PARRIS_HP_GAMMA"]))
    accuracy = model.fit(x[:size], y[:size]).score(x[600:], y[600:])
    (results / "accuracy.json").write_text(json.dumps(accuracy))
    print(f"step={{step}} accuracy={{accuracy:.6f}}", flush=True)
    # One that is not among the best is asked to stop meanwhile, and has saved what there is.
    time.sleep(20 if accuracy < 0.5 else 0)
"""
LOSS = """\
import os
depth = os.environ.get("PARRIS_HP_DEPTH") or os.environ["SM_HP_DEPTH"]
print(f"step=1 loss={depth}.5", flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home; temporary files lie in it too, so that it marks every process of a run."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    return folder


def a_training(**changes: Any) -> dict[str, Any]:
    return {
        "training-script-filename": "train.py",
        "instance-type": "c5.large",
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": "1h"},
        **changes,
    }


def test_a_search_over_scikit_learn_trainings_finds_a_good_one_within_its_budget(
    home: Path, tmp_path: Path
) -> None:
    # Bytecode of a whole package takes longer than the training that imports a part of it.
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PIP_COMPILE": "0"}
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    (jobs / "train.py").write_text(DIGITS)
    (jobs / "requirements.txt").write_text("scikit-learn\n")
    # JSON is YAML.
    training = a_training(environment=offline, **{"max-attempts": 2})
    (jobs / "digits.yaml").write_text(json.dumps(training))
    sweep = {
        "sweep-name": "digits",
        "training": "jobs/digits.yaml",
        "parameters": {
            "c": {"type": "float", "minimum": 0.001, "maximum": 1000, "scale": "log"},
            "gamma": {"type": "float", "minimum": 1e-6, "maximum": 1, "scale": "log"},
        },
        "search": {"method": "thompson", "seed": 1},
        "trials": TRIALS,
        "goal": {"metric": "accuracy", "direction": "maximize"},
        "budget": {"cost-limit": BUDGET_USD},
        "early-stopping": {"minimum-reports": 1},
        "max-parallel": 2,
    }
    (tmp_path / "sweep.yaml").write_text(json.dumps(sweep))

    done = subprocess.run(
        [PARRIS, "sweep", "sweep.yaml", "--embedded", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(home),
        timeout=6 * PATIENCE_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["status"] == "COMPLETED"
    assert (record["counts"]["succeeded"], record["counts"]["failed"]) == (TRIALS - 1, 1)
    assert record["trials"][FAILING]["reason"] == "SCRIPT_FAILED"
    # One has lost its machine, and was trained again on another one.
    assert record["trials"][LOST]["status"] == "succeeded"
    stopped = [one for one in record["trials"] if one["reason"] == "STOPPED_EARLY"]
    assert stopped
    assert {one["status"] for one in stopped} == {"succeeded"}
    assert all("after 1 reports is not among the best" in one["cause"] for one in stopped)
    best = record["trials"][record["best_trial"]]
    assert record["best_trial"] != FAILING
    assert best["value"] >= record["trials"][0]["value"]
    # A training with values in the middle of the ranges does no better than chance.
    assert best["value"] > 0.9
    spent_usd = sum(Decimal(trial["spent_usd"]) for trial in record["trials"])
    assert 0 < spent_usd == Decimal(record["spent_usd"]) < BUDGET_USD
    assert record["reserved_usd"] == "0.0000"
    results = tmp_path / "results" / record["sweep_id"]
    assert json.loads((results / "record.json").read_text()) == record
    assert (
        json.loads((results / "best-config.json").read_text())["hyperparameters"]
        == (best["parameters"])
    )
    page = (results / "report.html").read_text()
    assert f"trial {record['best_trial']}" in page
    none_is_left(home)


@pytest.fixture
def endless_sweep(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "train.sh").write_text(ENDLESS)
    sweep = {
        "sweep-name": "endless",
        "training": a_training(**{"training-script-filename": "train.sh"}),
        "parameters": {"depth": {"type": "integer", "values": [1, 2, 3]}},
        "search": {"method": "grid"},
        "budget": {"cost-limit": 5},
        "max-parallel": 1,
    }
    (tmp_path / "sweep.json").write_text(json.dumps(sweep))
    with started(
        "sweep", "sweep.json", "--embedded", "--json", home=home, folder=tmp_path
    ) as process:
        yield process


def test_ctrl_c_as_soon_as_a_sweep_is_started_ends_it(
    endless_sweep: subprocess.Popen[str], home: Path
) -> None:
    # It is still being checked then.
    wait_for_words(endless_sweep.stderr, ", from sweep.json")
    os.killpg(endless_sweep.pid, signal.SIGINT)
    out, err = endless_sweep.communicate(timeout=PATIENCE_SECONDS)
    record = json.loads(out)
    assert record["status"] == "STOP_REQUESTED", err
    assert record["reserved_usd"] == "0.0000"
    assert endless_sweep.returncode == 1
    none_is_left(home)


def test_ctrl_c_twice_shuts_everything_down_at_once(
    endless_sweep: subprocess.Popen[str], home: Path
) -> None:
    wait_for_words(endless_sweep.stderr, ", from sweep.json")
    os.killpg(endless_sweep.pid, signal.SIGINT)
    wait_for_words(endless_sweep.stderr, "ending the sweep")
    os.killpg(endless_sweep.pid, signal.SIGINT)
    out, _ = endless_sweep.communicate(timeout=PATIENCE_SECONDS)
    assert json.loads(out)["status"] == "INTERRUPTED"
    assert endless_sweep.returncode == 1
    none_is_left(home)


@pytest.mark.parametrize(
    "target",
    [
        {
            "target": "sagemaker",
            "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/own-image:1",
            "instance-type": "ml.m5.large",
        },
        {
            "target": "batch",
            "image": "public.ecr.aws/docker/library/python:3.13-slim",
            "vcpus": 1,
            "memory-mib": 2048,
        },
    ],
    ids=lambda target: target["target"],
)
def test_a_sweep_runs_on_other_targets(home: Path, tmp_path: Path, target: dict[str, Any]) -> None:
    (tmp_path / "train.py").write_text(LOSS)
    training = a_training(metrics={"loss": "loss=([0-9.]+)"})
    del training["instance-type"]
    sweep = {
        "sweep-name": "targets",
        "training": {**training, **target},
        "parameters": {"depth": {"type": "integer", "values": [1, 2]}},
        "search": {"method": "grid"},
        "goal": {"metric": "loss", "direction": "minimize"},
        "budget": {"cost-limit": 5},
    }
    (tmp_path / "sweep.json").write_text(json.dumps(sweep))

    done = subprocess.run(
        [PARRIS, "sweep", "sweep.json", "--embedded", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(home),
        timeout=PATIENCE_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert [trial["value"] for trial in record["trials"]] == [1.5, 2.5]
    assert record["reserved_usd"] == "0.0000"
    none_is_left(home)
