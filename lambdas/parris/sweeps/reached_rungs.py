"""rungs.json: what a trial had reached at each rung, as its runner reports it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from parris.payloads import Json, finite_number
from parris.runner_object import object_in

if TYPE_CHECKING:
    from collections.abc import Collection


def reached_rungs(body: bytes | None, rungs: Collection[int]) -> dict[int, float]:
    """Return the value at each rung that a trial has reached, in the order of the rungs.

    A script can write anything there. What is no rung is left out, and a value that is no finite
    number is NaN.

    Args:
        body: the content of the file, or None if there is none.
        rungs: the rungs of the sweep, in reports of the goal metric.
    """
    listed = object_in(body).get("rungs")
    reached = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    by_reports = {
        one["reports"]: _value(one.get("value"))
        for one in reached
        if type(one.get("reports")) is int
    }
    return {rung: by_reports[rung] for rung in rungs if rung in by_reports}


def _value(found: Json) -> float:
    try:
        value = finite_number(found)
    except OverflowError:
        value = None
    return math.nan if value is None else value
