"""Trainings as users bring them: a folder with modules, requirements and data."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from tests.end_to_end.deployment import Deployed
from tests.runner.wheels import write_wheel

# `make .venv/wheels.stamp` puts them there, so that no test asks a package index.
WHEELS = Path(__file__).parents[2] / ".venv" / "wheels"

NUMPY_SCRIPT = """\
import os, pathlib, sys
import json
import numpy as np
from tqdm import tqdm
from model import step

epochs = json.loads(pathlib.Path(os.environ["PARRIS_TRAINING_CONFIG"]).read_text())["epochs"]

results = pathlib.Path(os.environ["PARRIS_RESULTS_DIR"])
data = np.loadtxt(pathlib.Path(os.environ["PARRIS_INPUT_DIR"], "points", "line.csv"), delimiter=",")
weights = np.zeros(2)
for epoch in tqdm(range(epochs), mininterval=0):
    weights = step(weights, data)
    if epoch % 50 == 49:
        np.save(results / f"checkpoint-{epoch + 1}.npy", weights)
        print(f"step={epoch + 1} offset={weights[1]:.2f}", flush=True)
print(f"slope={weights[0]:.2f}", sys.argv)
np.savetxt(results / "weights.txt", weights, fmt="%.2f")
"""
NUMPY_MODEL = """\
import numpy as np


def step(weights, data, rate=0.1):
    x, y = data[:, 0], data[:, 1]
    error = weights[0] * x + weights[1] - y
    return weights - rate * np.array([np.mean(error * x), np.mean(error)])
"""
SKLEARN_SCRIPT = """\
import json, os, pathlib
from sklearn.datasets import load_iris
from models.bayes import make_model

x, y = load_iris(return_X_y=True)
model = make_model(float(os.environ["PARRIS_HP_SMOOTHING"])).fit(x, y)
accuracy = model.score(x, y)
print(f"step=1 accuracy={accuracy:.2f}")
results = pathlib.Path(os.environ["PARRIS_RESULTS_DIR"])
(results / "metrics.json").write_text(json.dumps({"accuracy": accuracy}))
"""
# A model that imports little of scikit-learn: nothing of it has bytecode yet.
SKLEARN_MODEL = """\
from sklearn.naive_bayes import GaussianNB


def make_model(smoothing):
    return GaussianNB(var_smoothing=smoothing)
"""
MANY_LINES = 100_000


def start(
    deployed: Deployed, folder: Path, texts: dict[str, str], script: str, **config: Any
) -> StartedJob:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    whole = {
        "training-job-name": folder.name,
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": 1},
        "training-script-filename": script,
        "instance-type": "c5.large",
        **{key.replace("_", "-"): value for key, value in config.items()},
    }
    (folder / "job.json").write_text(json.dumps(whole))
    return start_job(deployed.account, find_job_files(folder / "job.json", {}), datetime.now(UTC))


def offline(wheels: Path) -> dict[str, str]:
    # Bytecode of a whole package takes longer than the training that imports a part of it.
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_COMPILE": "0"}


@pytest.fixture(scope="module")
def jobs(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StartedJob]:
    """All of them, started one after the other without waiting."""
    folder = tmp_path_factory.mktemp("trainings")
    write_wheel(folder / "wheels", "digits_of_pi", "DIGITS = '314'\n")
    points = "\n".join(f"{x / 10},{3 * x / 10 + 1}" for x in range(-10, 11))
    return {
        "numpy": start(
            deployed,
            folder / "numpy",
            {
                "src/train.py": NUMPY_SCRIPT,
                "src/model.py": NUMPY_MODEL,
                "requirements.txt": "numpy\ntqdm\n",
                "points/line.csv": points,
                "training.json": '{"epochs": 200}',
                "notes/.env": "KEY=1",
            },
            "src/train.py",
            training_config_filename="training.json",
            files=["src", "requirements.txt", "**/.env*"],
            input_data=["points"],
            environment=offline(WHEELS),
        ),
        "failing": start(
            deployed,
            folder / "failing",
            {"train.py": "print('never')\n", "requirements.txt": "torhc==2.0\n"},
            "train.py",
            environment=offline(folder / "wheels"),
        ),
        "talkative": start(
            deployed,
            folder / "talkative",
            {
                "train.sh": f"python -c 'import digits_of_pi'\nseq {MANY_LINES}\n. lib/last.sh\n",
                "lib/last.sh": "echo the last line\n",
                "requirements.txt": "digits-of-pi\n",
            },
            "train.sh",
            environment=offline(folder / "wheels"),
        ),
    }


def test_numpy_trains_with_a_module_a_progress_bar_and_checkpoints(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["numpy"])

    assert ended.reason == "COMPLETED", ended.cause
    results = deployed.keys_of_results(jobs["numpy"])
    assert results == {
        *(f"checkpoint-{epoch}.npy" for epoch in (50, 100, 150, 200)),
        "weights.txt",
    }
    log = deployed.log_of(jobs["numpy"])
    assert "slope=3.0" in log
    assert "parris: unpacked the code: 2 files" in log
    assert ended.outcome["requirements_seconds"] > 0
    last = ended.outcome["metrics"]["offset"]
    assert (last["step"], last["value"]) == (200, pytest.approx(1, abs=0.05))


@pytest.mark.long
def test_a_script_prints_many_lines_and_all_of_them_are_saved(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["talkative"])

    assert ended.reason == "COMPLETED"
    lines = [line for line in deployed.log_of(jobs["talkative"]).splitlines() if line.isdigit()]
    assert lines == [str(number) for number in range(1, MANY_LINES + 1)]
    assert "the last line" in deployed.log_of(jobs["talkative"])


def test_requirements_that_cannot_be_installed_are_the_cause_of_the_end(
    deployed: Deployed, jobs: dict[str, StartedJob]
) -> None:
    ended = deployed.end_of(jobs["failing"])

    assert ended.reason == "LAUNCH_FAILED"
    assert "requirements.txt could not be installed, so the script never started" in ended.cause
    assert "torhc" in ended.cause
    assert "torhc" in deployed.log_of(jobs["failing"])
    assert ended.outcome["exit_status"] is None
    assert ended.left == []


@pytest.mark.long
def test_scikit_learn_trains_with_a_package_of_the_persons_own(
    deployed: Deployed, tmp_path: Path
) -> None:
    started = start(
        deployed,
        tmp_path / "sklearn",
        {
            "train.py": SKLEARN_SCRIPT,
            "models/__init__.py": "",
            "models/bayes.py": SKLEARN_MODEL,
            "requirements.txt": "scikit-learn\n",
        },
        "train.py",
        hyperparameters={"smoothing": 1e-9},
        environment=offline(WHEELS),
    )
    ended = deployed.end_of(started)

    assert ended.reason == "COMPLETED", ended.cause
    assert json.loads(deployed.results_of(started)["metrics.json"])["accuracy"] > 0.9
    assert ended.outcome["metrics"]["accuracy"]["value"] > 0.9
    assert ended.outcome["requirements_seconds"] > 0
