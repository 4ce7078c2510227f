"""Trainings with scikit-learn that take a second, for sweeps of real trials."""

from typing import Any

from parris_cli.project_files import PROJECT

# `make .venv/unpacked-wheels.stamp` puts scikit-learn there, so that no trial installs it again.
_PACKAGES = PROJECT / ".venv" / "unpacked-wheels"
_SCRIPT = """\
import json, os, pathlib, signal, sys

results = pathlib.Path(os.environ["PARRIS_RESULTS_DIR"])
trial = int(os.environ["PARRIS_TRAINING_JOB_NAME"].rpartition("-")[2])
if trial == {failing}:
    print("step=1 accuracy=1.0")
    sys.exit("this trial fails, whatever it has printed")
if trial == {lost} and os.environ["PARRIS_ATTEMPT"] == "1":
    # The machine goes off without a report, as one that AWS takes back without a notice.
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()
if trial == {worst}:
    # It has saved what there is, and waits until it is stopped early.
    (results / "accuracy.json").write_text("0")
    print("step=1 accuracy=0.0", flush=True)
    signal.pause()

from sklearn.datasets import load_digits
from sklearn.svm import SVC

x, y = load_digits(return_X_y=True)
for step, size in enumerate((100, 600), 1):
    model = SVC(C=float(os.environ["PARRIS_HP_C"]), gamma=float(os.environ["PARRIS_HP_GAMMA"]))
    accuracy = model.fit(x[:size], y[:size]).score(x[600:], y[600:])
    (results / "accuracy.json").write_text(json.dumps(accuracy))
    print(f"step={{step}} accuracy={{accuracy:.6f}}", flush=True)
"""
ENVIRONMENT = {"PYTHONPATH": str(_PACKAGES), "OPENBLAS_NUM_THREADS": "1"}


def digits_script(
    failing: int | None = None, lost: int | None = None, worst: int | None = None
) -> str:
    """Return a script that learns to read digits, and the trials in which it does not.

    Args:
        failing: the number of the trial that fails.
        lost: of the trial whose first machine goes off.
        worst: of the trial that reports the worst value, and waits until it is stopped.
    """
    return _SCRIPT.format(failing=failing, lost=lost, worst=worst)


def digits_sweep(name: str, search: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the config of a sweep that trains that script, for the best accuracy."""
    training = {
        "training-script-filename": "train.py",
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": "1h"},
        "environment": ENVIRONMENT,
        **changes.pop("training"),
    }
    return {
        "sweep-name": name,
        "training": training,
        "search": search,
        "goal": {"metric": "accuracy", "direction": "maximize"},
        **changes,
    }
