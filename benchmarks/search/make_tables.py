"""Trains the models of the tables with scikit-learn 1.9, which ships the data: minutes.

python -m benchmarks.search.make_tables [NAME ...]
"""

from __future__ import annotations

import csv
import itertools
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, object]
_FOLDER = Path(__file__).parent / "tables"


def svm_digits() -> Iterator[Row]:
    """Yield the errors of a support vector machine in 3-fold cross-validation."""
    inputs, labels = load_digits(return_X_y=True)
    inputs, labels = inputs[:600] / 16, labels[:600]
    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(inputs, labels))
    powers = range(-4, 9, 1), range(-12, 3, 1)
    for c, gamma, kernel in itertools.product(*powers, ("rbf", "poly", "sigmoid")):
        model = SVC(C=2.0**c, gamma=2.0**gamma, kernel=kernel)
        errors = [
            1 - model.fit(inputs[train], labels[train]).score(inputs[test], labels[test])
            for train, test in folds
        ]
        yield {"c": 2.0**c, "gamma": 2.0**gamma, "kernel": kernel, "value": np.mean(errors)}


def boosting_diabetes() -> Iterator[Row]:
    """Yield the errors of gradient boosting in 3-fold cross-validation."""
    inputs, labels = load_diabetes(return_X_y=True)
    folds = list(KFold(3, shuffle=True, random_state=0).split(inputs))
    rates, depths = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4), (1, 2, 3, 4, 6)
    leaves, samples, counts = (1, 5, 20), (0.4, 0.7, 1.0), (10, 20, 40, 80, 120)
    for rate, depth, leaf, sample in itertools.product(rates, depths, leaves, samples):
        squares: dict[int, list[float]] = {count: [] for count in counts}
        for train, test in folds:
            model = GradientBoostingRegressor(
                learning_rate=rate, max_depth=depth, min_samples_leaf=leaf, subsample=sample,
                n_estimators=counts[-1], random_state=0,
            )  # fmt: skip
            model.fit(inputs[train], labels[train])
            for count, guess in enumerate(model.staged_predict(inputs[test]), 1):
                if count in squares:
                    squares[count].append(float(np.mean((guess - labels[test]) ** 2)))
        for count in counts:
            yield {
                "learning-rate": rate, "max-depth": depth, "min-samples-leaf": leaf,
                "subsample": sample, "trees": count, "value": np.sqrt(np.mean(squares[count])),
            }  # fmt: skip


def mlp_digits() -> Iterator[Row]:
    """Yield the logarithmic losses of a small neural network on held-out digits."""
    inputs, labels = load_digits(return_X_y=True)
    inputs, labels = inputs[:800] / 16, labels[:800]
    rates, sizes, alphas = (1e-4, 5e-4, 2e-3, 1e-2, 5e-2, 0.2), (8, 16, 48), (1e-4, 1e-2, 0.3)
    every = itertools.product(rates, sizes, alphas, (16, 64, 256), ("relu", "tanh"))
    for rate, size, alpha, batch, activation in every:
        model = MLPClassifier(
            (size,), learning_rate_init=rate, alpha=alpha, batch_size=batch,
            activation=activation, max_iter=12, random_state=0,
        )  # fmt: skip
        model.fit(inputs[:500], labels[:500])
        guess = np.clip(model.predict_proba(inputs[500:]), 1e-6, 1)
        yield {
            "activation": activation, "alpha": alpha, "batch": batch, "learning-rate": rate,
            "units": size, "value": log_loss(labels[500:], guess / guess.sum(1, keepdims=True)),
        }  # fmt: skip


TABLES = {
    "svm-digits": svm_digits,
    "boosting-diabetes": boosting_diabetes,
    "mlp-digits": mlp_digits,
}


def main(names: list[str]) -> None:
    """Write the tables."""
    warnings.simplefilter("ignore")  # trainings that have not converged
    for name in names or TABLES:
        rows: list[dict[str, Any]] = [dict(row) for row in TABLES[name]()]
        with (_FOLDER / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, sorted(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "value": f"{row['value']:.5f}"} for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
