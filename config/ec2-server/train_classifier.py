#!/usr/bin/env python3
"""Trains a text classifier (naive Bayes) with the standard library, and measures it.

Reads data.csv of the input data, else reviews.csv beside this file: the columns text and label.
"""

import csv
import json
import math
import os
import re
from collections import Counter
from pathlib import Path

RESULTS = Path(os.environ["PARRIS_RESULTS_DIR"])
GIVEN = Path(os.environ["PARRIS_INPUT_DIR"]) / "data.csv"
SMOOTHING = float(os.environ.get("PARRIS_HP_SMOOTHING", "1"))
HELD_OUT_SHARE = float(os.environ.get("PARRIS_HP_HELD_OUT_SHARE", "0.25"))


def words(text):
    """Return the words of a text."""
    return re.findall(r"[a-z']+", text.lower())


def train(rows):
    """Return the counts of words for each label."""
    counts, labels = {}, Counter()
    for text, label in rows:
        labels[label] += 1
        counts.setdefault(label, Counter()).update(words(text))
    return {
        "labels": labels,
        "counts": counts,
        "vocabulary": len({w for c in counts.values() for w in c}),
    }


def classify(model, text):
    """Return the most likely label of a text."""

    def score(label):
        counts = model["counts"][label]
        size = sum(counts.values()) + SMOOTHING * model["vocabulary"]
        likelihood = sum(math.log((counts[word] + SMOOTHING) / size) for word in words(text))
        return math.log(model["labels"][label]) + likelihood

    return max(sorted(model["labels"]), key=score)


def main():
    """Train on more and more rows, and measure each time."""
    source = GIVEN if GIVEN.exists() else Path(__file__).with_name("reviews.csv")
    with source.open(newline="", encoding="utf-8") as opened:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(opened)]
    every = max(2, round(1 / HELD_OUT_SHARE))
    held_out, rest = rows[::every], [row for number, row in enumerate(rows) if number % every]
    model = None
    for step in range(1, 5):
        model = train(rest[: max(2, len(rest) * step // 4)])
        right = sum(classify(model, text) == label for text, label in held_out if label)
        accuracy = right / len(held_out)
        print(f"step={step} accuracy={accuracy:.3f} labels={len(model['labels'])}", flush=True)
    (RESULTS / "model.json").write_text(json.dumps(model, indent=1))
    (RESULTS / "metrics.json").write_text(json.dumps({"accuracy": accuracy, "rows": len(rows)}))


main()
