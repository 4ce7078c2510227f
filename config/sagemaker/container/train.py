"""Learns to read handwritten digits: a small training script as SageMaker runs it.

It reads its parameters from the channel `config`, continues from the latest checkpoint, saves what
it has when it is asked to stop, and leaves a model, metrics, and in case of an error a message.
"""

import json
import os
import pickle
import signal
import sys
import traceback
from pathlib import Path

import yaml
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

# Local runs without /opt/ml have it elsewhere.
BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
CONFIG = BASE / "input" / "data" / "config"
MODEL, OUTPUT = BASE / "model", BASE / "output"
CHECKPOINT = BASE / "checkpoints" / "latest.pickle"


class Stop:
    """Whether SageMaker has asked for the end. SIGKILL follows after two minutes."""

    def __init__(self):
        self.is_requested = False
        signal.signal(signal.SIGTERM, self._request)

    def _request(self, number, frame):
        self.is_requested = True


def read_parameters():
    """Return the script config, in YAML or JSON, whatever its name."""
    (path,) = (one for one in CONFIG.iterdir() if one.suffix in (".yaml", ".yml", ".json"))
    return yaml.safe_load(path.read_text())


def load_checkpoint(parameters):
    """Return the classifier and how many epochs it has learned, from the start or a checkpoint."""
    if CHECKPOINT.exists():
        classifier, epoch = pickle.loads(CHECKPOINT.read_bytes())
        print(f"resumed after epoch {epoch}")
        return classifier, epoch
    options = parameters.get("classifier", {})
    return SGDClassifier(loss="log_loss", random_state=parameters["seed"], **options), 0


def save_checkpoint(classifier, epoch):
    """Replace the checkpoint. SageMaker uploads it at any time, so it is never half written."""
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    new = CHECKPOINT.with_suffix(".new")
    new.write_bytes(pickle.dumps((classifier, epoch)))
    new.replace(CHECKPOINT)


def save_results(classifier, epoch, accuracy):
    """Write what SageMaker uploads as model.tar.gz and output.tar.gz."""
    data = OUTPUT / "data"
    for folder in (MODEL, data):
        folder.mkdir(parents=True, exist_ok=True)
    (MODEL / "model.pickle").write_bytes(pickle.dumps(classifier))
    (data / "metrics.json").write_text(json.dumps({"epoch": epoch, "accuracy": accuracy}))


def train(parameters, stop):
    """Train until all epochs are learned, or until the stop."""
    images, digits = load_digits(return_X_y=True)
    learned, tested, labels, test_labels = train_test_split(
        images / 16, digits, test_size=parameters["test-share"], random_state=parameters["seed"]
    )
    classifier, epoch = load_checkpoint(parameters)
    while epoch < parameters["epochs"] and not stop.is_requested:
        epoch += 1
        classifier.partial_fit(learned, labels, classes=range(10))
        if epoch % parameters["checkpoint-every"] == 0:
            print(f"epoch={epoch} accuracy={classifier.score(tested, test_labels):.4f}", flush=True)
            save_checkpoint(classifier, epoch)
    if stop.is_requested:
        print(f"asked to stop after epoch {epoch}")
    save_checkpoint(classifier, epoch)
    save_results(classifier, epoch, round(classifier.score(tested, test_labels), 4))


if __name__ == "__main__":
    try:
        train(read_parameters(), Stop())
    except Exception:
        # SageMaker shows the beginning of this file as the reason of the failure.
        OUTPUT.mkdir(parents=True, exist_ok=True)
        (OUTPUT / "failure").write_text(traceback.format_exc()[-1000:])
        traceback.print_exc()
        sys.exit(1)
