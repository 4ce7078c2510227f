"""The files that a machine's runner writes into its job's folder, as strings.

templates/runner/runner.py writes the real ones; a test compares the two.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

RUNGS_FILE = "rungs.json"
STEP = 1


@dataclass(frozen=True, slots=True)
class ScriptEnd:
    """How a script ended. `started_at` is None when it never started."""

    ended_by: str
    exit_status: int | None
    signal: str | None
    started_at: datetime | None


def started(at: datetime) -> str:
    """Return started.json."""
    return json.dumps({"started_at": iso(at)})


def reached_rungs(rungs: Mapping[str, Any], values: Sequence[float], at: datetime) -> str:
    """Return rungs.json after so many values of the metric that job.json's `rungs` names."""
    reached = [
        {"reports": count, "value": values[count - 1], "step": count, "at": iso(at)}
        for count in rungs["reports"]
        if count <= len(values)
    ]
    return json.dumps({"metric": rungs["metric"], "rungs": reached})


def results_manifest(at: datetime, *, is_complete: bool) -> str:
    """Return results-manifest.json."""
    return json.dumps({**_no_results(is_complete), "uploaded_at": iso(at)})


def exit_report(
    end: ScriptEnd,
    at: datetime,
    last_log_lines: list[str],
    metrics: Mapping[str, float],
    *,
    is_final: bool,
    is_complete: bool,
) -> str:
    """Return exit.json, as it is before or after the results are saved."""
    return json.dumps(
        {
            "is_final": is_final,
            "exit_status": end.exit_status,
            "signal": end.signal,
            "ended_by": end.ended_by,
            "started_at": None if end.started_at is None else iso(end.started_at),
            "ended_at": iso(at),
            "last_log_lines": last_log_lines,
            "metrics": {} if end.started_at is None else _metrics(metrics, at),
            "requirements_seconds": None,
            "results": _no_results(is_complete),
        }
    )


def _metrics(values: Mapping[str, float], at: datetime) -> dict[str, object]:
    """Return the last values of the metrics that a simulated script prints when it has trained."""
    return {name: {"value": value, "step": STEP, "at": iso(at)} for name, value in values.items()}


def iso(at: datetime) -> str:
    """Return a timestamp in the runner's format: with milliseconds and Z."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _no_results(is_complete: bool) -> dict[str, object]:
    """Return the list of a simulated script's results, which is empty."""
    return {"object_count": 0, "total_bytes": 0, "complete": is_complete}
