"""The timeline of a job: its phases, or the machines of its attempts where those are not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.timestamps import maybe_timestamp_in
from parris_cli.job_report.cost_chart import attempts_of

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.runs.one_run import OneRun

MOST_STATES = 300
_LEAST_PERCENT = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a job's time. `left` and `width` place its bar, in percent of the whole."""

    name: str
    attempt: int
    began_at: datetime
    seconds: int
    left: float = 0.0
    width: float = 100.0


@dataclass(frozen=True, slots=True)
class StateEntered:
    """A state of the workflow, and when it was entered."""

    name: str
    at: datetime


def stretches_of(one: OneRun, now: datetime) -> list[Stretch]:
    """Return the parts of a job's time in their order; a running job's last one until now."""
    spans = _phases(one, now) or _machines(one)
    if not spans:
        return []
    start = min(began_at for _, _, began_at, _ in spans)
    whole = max((end - start).total_seconds() for *_, end in spans) or 1.0
    found = []
    for name, attempt, began_at, end in spans:
        seconds = max(0.0, (end - began_at).total_seconds())
        width = max(_LEAST_PERCENT, 100 * seconds / whole)
        left = min(100 * (began_at - start).total_seconds() / whole, 100 - width)
        found.append(
            Stretch(name, attempt, began_at, int(seconds), round(left, 2), round(width, 2))
        )
    return found


def states_of(one: OneRun) -> list[StateEntered]:
    """Return the first states that were entered."""
    entered = [StateEntered(each.state, each.at) for each in one.transitions if each.is_entered]
    return entered[:MOST_STATES]


_Span = tuple[str, int, "datetime", "datetime"]


def _phases(one: OneRun, now: datetime) -> list[_Span]:
    if not one.path:
        return []
    last_at = one.transitions[-1].at
    # What was cut off has no last state; it is known until then.
    end = now if one.run.is_running else max(last_at, one.run.ended_at or last_at)
    ends = [*(begun.at for begun in one.path[1:]), end]
    return [
        (str(begun.phase), begun.attempt, begun.at, until)
        for begun, until in zip(one.path, ends, strict=True)
    ]


def _machines(one: OneRun) -> list[_Span]:
    run = one.run
    spans: list[_Span] = []
    for number, attempt in enumerate(attempts_of(one), 1):
        started_at = maybe_timestamp_in(attempt, "started_at")
        ended_at = maybe_timestamp_in(attempt, "ended_at")
        if started_at is not None and ended_at is not None:
            spans.append(("on its machine", number, started_at, ended_at))
    if not spans and run.started_at is not None and run.ended_at is not None:
        spans = [("on its machine", 1, run.started_at, run.ended_at)]
    if spans and run.submitted_at is not None and run.submitted_at < spans[0][2]:
        spans.insert(0, ("before its launch", 1, run.submitted_at, spans[0][2]))
    return spans
