"""Says of what kind a line of a log is, whatever its numbers are, and what it says of the training.

`Evaluating on 5000 images` and `Evaluating on 812 images` are of one kind.
"""

from __future__ import annotations

import re

_LONGEST_CHARACTERS = 200
_NUMBER = re.compile(r"[^\s=:,;|()\[\]{}/]*[0-9][^\s,;|()\[\]{}]*")
_WORD = re.compile(r"[^\W\d_]+|#")
_STEP = re.compile(
    r"(?:step|iter|iteration|batch)s?[ \t]{0,2}[=:#\[]?[ \t]{0,2}([0-9]{1,15})", re.I
)
# The grammar of metrics, with a word as the value.
_PHASE = re.compile(
    r"(?:^|(?<=[\s,;|()\[\]{}]))phase=([A-Za-z_][A-Za-z0-9_./-]{0,63})(?=[\s,;|()\[\]{}]|$)"
)


def kind_of(line: str) -> str:
    """Return the words of a line, with # for each number."""
    return " ".join(_WORD.findall(_NUMBER.sub("#", line[:_LONGEST_CHARACTERS])))


def step_in(line: str) -> int | None:
    """Return the step, iteration or batch that a line names, or None."""
    found = _STEP.search(line[:_LONGEST_CHARACTERS])
    return int(found[1]) if found else None


def phase_in(line: str) -> str | None:
    """Return the phase that begins with a line, such as `phase=evaluation`, or None."""
    found = _PHASE.search(line[:_LONGEST_CHARACTERS]) if "phase=" in line else None
    return found[1] if found else None
