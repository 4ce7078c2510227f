"""A small curve of block characters."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"


def sparkline(values: Sequence[float], width: int) -> str:
    """Return a curve of at most so many characters; what is not finite is left out.

    Where there are more values than characters, each character is the mean of some.
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return ""
    count = min(width, len(known))
    edges = [place * len(known) // count for place in range(count + 1)]
    parts = [known[start:end] for start, end in pairwise(edges)]
    means = [sum(part) / len(part) for part in parts]
    low, high = min(means), max(means)
    if high <= low:
        return _BLOCKS[len(_BLOCKS) // 2] * count
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round((mean - low) / (high - low) * top)] for mean in means)
