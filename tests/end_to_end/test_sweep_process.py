"""`parris sweep` as a user starts it: Ctrl-C at any time, and other targets."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.command import PARRIS, environment, none_is_left, started, wait_for_words
from tests.end_to_end.deployment import ENDLESS
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

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


def test_a_second_terminal_sees_a_sweep_and_stops_it(
    endless_sweep: subprocess.Popen[str], home: Path, tmp_path: Path
) -> None:
    wait_for_words(endless_sweep.stderr, "trials")
    assert parris(home, tmp_path, "status", "endless").stdout.splitlines()[0].endswith("  RUNNING")
    stopped = parris(home, tmp_path, "stop", "endless")
    assert stopped.stdout.splitlines()[0].endswith("  STOP_REQUESTED"), stopped.stderr
    out, _ = endless_sweep.communicate(timeout=PATIENCE_SECONDS)
    assert json.loads(out)["status"] == "STOP_REQUESTED"
    assert parris(home, tmp_path, "stop", "endless").returncode == 2


def test_a_killed_command_leaves_what_was_known_of_its_sweep(
    endless_sweep: subprocess.Popen[str], home: Path, tmp_path: Path
) -> None:
    wait_for_words(endless_sweep.stderr, "trials")
    endless_sweep.kill()
    endless_sweep.wait(timeout=PATIENCE_SECONDS)
    none_is_left(home)
    status = parris(home, tmp_path, "status", "endless").stdout
    assert status.splitlines()[0].endswith("  INTERRUPTED")
    assert "0 of 3 have ended" in status


def parris(home: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Return how `parris sweep` has ended in a second terminal."""
    return subprocess.run(
        [PARRIS, "sweep", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(home),
        timeout=PATIENCE_SECONDS,
    )


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
    remembered = parris(home, tmp_path, "status", "targets", "--json")
    assert json.loads(remembered.stdout) == record
