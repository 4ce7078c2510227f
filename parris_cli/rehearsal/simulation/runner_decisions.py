"""When a runner would decide that its job ends, computed by the runner's own code.

Its modules are in the archive `runner.zip` that the machine would fetch.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from parris_cli.rehearsal.simulation.runner_limits import (
    load_from_archive,
    load_module,
    runner_module,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DECISION_FILE = "decision.json"
STEP_SECONDS = 10.0
"""How often a simulated script prints a line."""
_MOST_STEPS = 1000


class Decision(NamedTuple):
    """The content of decision.json, and how long after the script's start it is written."""

    after_seconds: float
    text: str


def decision_by_metric(
    archive: bytes, goal: Mapping[str, Any] | None, values: Sequence[float], takes_seconds: float
) -> Decision | None:
    """Return what the values of a metric decide; None if they decide nothing.

    Args:
        archive: runner.zip.
        goal: what job.json says of the goal, None without one.
        values: those that the script prints, evenly spaced in time.
        takes_seconds: until the last one.
    """
    found: list[Decision] = []
    if goal is None:
        return None
    printed = 0

    def decide(reason: str, **facts: object) -> None:
        text = json.dumps({"reason": reason, **facts})
        found.append(Decision(takes_seconds * printed / len(values), text))

    module = load_module(runner_module(archive, "runner_metric_goal.py"))
    compared = module.MetricGoal(decide, goal)
    for value in values:
        printed += 1
        compared.add([{"name": goal["metric"], "value": value}])
    return found[0] if found else None


def decision_by_silence(
    archive: bytes, settings: Mapping[str, Any] | None, hangs_after_seconds: float
) -> Decision | None:
    """Return what the silence of a script decides that hangs; None if it decides nothing.

    Args:
        archive: runner.zip.
        settings: what job.json says of no-progress, None without it.
        hangs_after_seconds: after how long it has printed its last line.
    """
    if settings is None:
        return None
    module = load_from_archive(archive, "runner_rhythm")
    rhythm = module.Rhythm(
        0.0,
        float(settings["step_intervals"]),
        float(settings["floor_seconds"]),
        float(settings["warm_up_seconds"]),
    )
    steps = int(hangs_after_seconds // STEP_SECONDS)
    for step in range(max(1, steps - _MOST_STEPS), steps + 1):
        rhythm.add(step * STEP_SECONDS, [f"step={step}"])
    due_seconds = rhythm.silent_too_long_at()
    if due_seconds is None:
        return None
    facts = {
        "silent_seconds": round(due_seconds - steps * STEP_SECONDS),
        "usual_seconds": rhythm.usual_seconds,
        "gpu_percent": None,
    }
    return Decision(due_seconds, json.dumps({"reason": "NO_PROGRESS", **facts}))
