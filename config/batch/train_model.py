"""Learns to read handwritten digits with gradient boosting: a small training for AWS Batch.

It takes its hyperparameters from the file that Parris names, or else from the command line, adds
one stage after the other, and saves what it has when it is asked to stop.
"""

import argparse
import json
import os
import pickle
import signal
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

STAGES = 5
SEED = 7
RESULTS = Path(os.environ.get("PARRIS_RESULTS_DIR", "results"))


class Stop:
    """Whether the job must end. What is not saved when its grace ends is lost."""

    def __init__(self):
        self.is_requested = False
        signal.signal(signal.SIGTERM, self._request)

    def _request(self, number, frame):
        self.is_requested = True


def read_hyperparameters():
    """Return the learning rate and the depth of the trees."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--max-depth", type=int, default=3)
    found = vars(parser.parse_args())
    path = os.environ.get("PARRIS_HYPERPARAMETERS")
    if path:
        given = json.loads(Path(path).read_text())
        found |= {name.replace("-", "_"): value for name, value in given.items()}
    return found["learning_rate"], found["max_depth"]


def train(stop):
    """Add stages until all are there, or until the stop."""
    learning_rate, max_depth = read_hyperparameters()
    images, digits = load_digits(n_class=4, return_X_y=True)
    learned, tested, labels, test_labels = train_test_split(
        images, digits, test_size=0.25, random_state=SEED
    )
    model = GradientBoostingClassifier(
        learning_rate=learning_rate,
        max_depth=max_depth,
        n_estimators=0,
        warm_start=True,
        max_features="sqrt",
        random_state=SEED,
    )
    accuracy, stage = 0.0, 0
    for stage in range(1, STAGES + 1):
        model.n_estimators = stage
        model.fit(learned, labels)
        accuracy = round(model.score(tested, test_labels), 4)
        print(f"stage={stage} accuracy={accuracy}", flush=True)
        if stop.is_requested:
            print(f"asked to stop after stage {stage}", flush=True)
            break
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "model.pickle").write_bytes(pickle.dumps(model))
    metrics = {"learning_rate": learning_rate, "max_depth": max_depth, "accuracy": accuracy}
    (RESULTS / "metrics.json").write_text(json.dumps(metrics))


if __name__ == "__main__":
    train(Stop())
