"""Reads metrics.jsonl, which a runner has written; docs/bootstrap-contract.md describes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import finite_number, maybe_int_in, maybe_text_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A finite value of a metric. `step` is None where the log had none before it."""

    name: str
    step: int | None
    value: float


def metric_rows(body: bytes) -> Iterator[MetricValue]:
    """Yield the values in the file; a line that a script has spoilt, or with NaN, is left out."""
    for line in body.split(b"\n"):
        try:
            found = json.loads(line)
            name, step = maybe_text_in(found, "name"), maybe_int_in(found, "step")
            value = finite_number(found.get("value"))
        except (AttributeError, TypeError, ValueError, RecursionError):
            continue
        if name is not None and value is not None:
            yield MetricValue(name, step, value)
