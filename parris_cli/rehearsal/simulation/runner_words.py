"""The files that the runner of a machine leaves in its job's folder, as texts.

templates/runner/runner.py writes the real ones; a test holds these to them.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime


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


def results_manifest(at: datetime, *, is_complete: bool) -> str:
    """Return results-manifest.json."""
    return json.dumps({**_no_results(is_complete), "uploaded_at": iso(at)})


def exit_report(
    end: ScriptEnd,
    at: datetime,
    last_log_lines: list[str],
    *,
    is_final: bool,
    is_complete: bool,
) -> str:
    """Return exit.json, as it is before the results are saved or after."""
    return json.dumps(
        {
            "is_final": is_final,
            "exit_status": end.exit_status,
            "signal": end.signal,
            "ended_by": end.ended_by,
            "started_at": None if end.started_at is None else iso(end.started_at),
            "ended_at": iso(at),
            "last_log_lines": last_log_lines,
            "results": _no_results(is_complete),
        }
    )


def iso(at: datetime) -> str:
    """Return a moment as the runner writes it: with milliseconds and Z."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _no_results(is_complete: bool) -> dict[str, object]:
    """Return what is in the bucket of a simulated script's results, which is nothing."""
    return {"object_count": 0, "total_bytes": 0, "complete": is_complete}
