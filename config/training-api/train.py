#!/usr/bin/env python3
"""Learns to classify the texts of a posted data set: a logistic regression over their words.

It needs nothing but Python. Hyperparameters: `epochs`, and `seconds-per-epoch`, which makes a small
example last as long as a real training. The model is stored after each epoch, so a stop saves it.
"""

import csv
import json
import math
import os
import signal
import sys
import time
from pathlib import Path


def read_rows(folder: Path) -> list[dict]:
    """Return the rows of data.csv or data.jsonl."""
    table = folder / "data.csv"
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    lines = (folder / "data.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def words_of(row: dict) -> set[str]:
    """Return the words of everything that is neither id nor label."""
    texts = [str(value) for name, value in row.items() if name not in ("id", "label")]
    return set(" ".join(texts).lower().split())


def probabilities_of(words: set[str], weights: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the probability of each label."""
    scores = {label: sum(own.get(word, 0.0) for word in words) for label, own in weights.items()}
    highest = max(scores.values())
    parts = {label: math.exp(score - highest) for label, score in scores.items()}
    return {label: part / sum(parts.values()) for label, part in parts.items()}


def train_epoch(rows: list[dict], weights: dict[str, dict[str, float]], rate: float) -> float:
    """Improve the weights with each row once, and return the mean loss."""
    loss = 0.0
    for row in rows:
        words, right = words_of(row), str(row["label"])
        found = probabilities_of(words, weights)
        loss -= math.log(max(found[right], 1e-12))
        for label, own in weights.items():
            step = rate * ((label == right) - found[label])
            for word in words:
                own[word] = own.get(word, 0.0) + step
    return loss / len(rows)


def accuracy_of(rows: list[dict], weights: dict[str, dict[str, float]]) -> float:
    """Return the share of rows whose label is found."""
    found = [probabilities_of(words_of(row), weights) for row in rows]
    right = [
        max(one, key=one.get) == str(row["label"]) for one, row in zip(found, rows, strict=True)
    ]
    return sum(right) / len(rows)


def main() -> None:
    """Train, and print one line of metrics for each epoch."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    rows = read_rows(Path(os.environ["PARRIS_INPUT_DIR"]))
    results = Path(os.environ["PARRIS_RESULTS_DIR"])
    weights: dict[str, dict[str, float]] = {str(row["label"]): {} for row in rows}
    for epoch in range(1, int(os.environ.get("PARRIS_HP_EPOCHS", "20")) + 1):
        loss = train_epoch(rows, weights, rate=0.2)
        (results / "model.json").write_text(json.dumps(weights), encoding="utf-8")
        print(f"step={epoch} loss={loss:.4f} accuracy={accuracy_of(rows, weights):.4f}", flush=True)
        time.sleep(float(os.environ.get("PARRIS_HP_SECONDS_PER_EPOCH", "0")))


if __name__ == "__main__":
    main()
