"""The last value of each metric, as the runner writes it into exit.json and heartbeat.json."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from parris.payloads import Json, Payload

MOST_METRICS = 100
"""As the runner has it: they travel in a state's payload, which has a limit."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,63}")
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
_LARGEST_STEP = 10**15


def metrics_in(report: Payload) -> Payload:
    """Return the metrics of a runner's report: names to `value`, `step` and `at`.

    A script can write anything there. What is no metric is left out.
    """
    found = report.get("metrics")
    if not isinstance(found, dict):
        return {}
    read = {name: _metric(value) for name, value in found.items() if _NAME.fullmatch(name)}
    known = [(name, metric) for name, metric in read.items() if metric is not None]
    return dict(known[:MOST_METRICS])


def _metric(found: Json) -> Payload | None:
    if not isinstance(found, dict):
        return None
    value, step = _value(found.get("value")), found.get("step")
    is_step = isinstance(step, int) and not isinstance(step, bool) and 0 <= step < _LARGEST_STEP
    try:
        at = format_timestamp(parse_timestamp(maybe_text_in(found, "at") or ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return None if value is None else {"value": value, "step": step if is_step else None, "at": at}


def _value(found: Json) -> Json:
    """Return a number, or the text for one that JSON does not have; None for anything else."""
    if isinstance(found, str):
        return found if found in _NO_NUMBERS else None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        number = float(found)
    except OverflowError:
        return "Infinity" if found > 0 else "-Infinity"
    if math.isnan(number):
        return "NaN"
    return number if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")
