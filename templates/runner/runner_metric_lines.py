"""Reads metrics from lines of a script's output: `step=100 loss=0.25`, or `epoch 3 loss=0.25`.

docs/bootstrap-contract.md has the grammar.
"""

from __future__ import annotations

import math
import re
from typing import Union

LONGEST_LINE_CHARACTERS = 2_000
"""The characters after these are not read."""

# JSON has no numbers for these.
_NO_NUMBERS = {math.inf: "Infinity", -math.inf: "-Infinity"}
_PAIR = re.compile(
    r"(?:^|(?<=[\s,;|()\[\]{}]))([A-Za-z_][A-Za-z0-9_./-]{0,63})="
    r"([-+]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][-+]?[0-9]{1,5})?"
    r"|[-+]?(?:nan|inf|infinity))(?=[\s,;|()\[\]{}]|$)",
    re.IGNORECASE,
)
# `epoch 3`, `Epoch 3/10:`; `epoch=3` is a pair.
_EPOCH_IN_WORDS = re.compile(
    r"(?:^|[\s,;|()\[\]{}])[Ee]poch[ :] {0,4}([0-9]{1,16})(?:/[0-9]{1,16})?(?=[\s,:;|()\[\]{}]|$)"
)
_STEP, _EPOCH = "step", "epoch"
_LARGEST_STEP = 10**15

Value = Union[float, str]


def read_metrics(line: str) -> tuple[int, dict[str, Value]] | None:
    """Return the step and the metrics of a line, or None if it has no step."""
    pairs = dict(_PAIR.findall(line[:LONGEST_LINE_CHARACTERS]))
    step = step_of(pairs.pop(_STEP, ""))
    if step is None:
        return None
    return step, {name: value_of(text) for name, text in pairs.items()}


def read_metrics_of_epoch(line: str) -> tuple[int, dict[str, Value]] | None:
    """Return the epoch and the metrics of a line that has both but no step, otherwise None."""
    pairs = dict(_PAIR.findall(line[:LONGEST_LINE_CHARACTERS]))
    if _STEP in pairs:
        return None
    in_words = _EPOCH_IN_WORDS.search(line, 0, LONGEST_LINE_CHARACTERS)
    epoch = step_of(in_words[1] if in_words else pairs.pop(_EPOCH, ""))
    if epoch is None or not pairs:
        return None
    return epoch, {name: value_of(text) for name, text in pairs.items()}


def step_of(text: str) -> int | None:
    """Return the step, or None if the text is not a valid whole number."""
    is_whole = text.isascii() and text.isdigit() and len(text) < len(str(_LARGEST_STEP))
    return int(text) if is_whole else None


def value_of(text: str) -> Value:
    """Return a number that JSON can represent.

    Raises:
        ValueError: if it is not one.
    """
    number = float(text)
    return "NaN" if math.isnan(number) else _NO_NUMBERS.get(number, number)
