"""What the report of a job shows, wherever it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of
from parris_cli.reports.next_steps import NO_STEPS, NextSteps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.metric_rows import MetricValue
    from parris_cli.runs.one_run import OneRun

MOST_FILES = 200
MOST_LOG_LINES = 200
NO_METRICS = "The script has printed no metric. A line such as step=100 loss=0.25 is one."
NO_RESULTS = "The script wrote nothing into its results folder."


@dataclass(frozen=True, slots=True)
class LogTail:
    """The end of a log. `is_cut` is whether there are lines before it."""

    lines: tuple[str, ...] = ()
    is_cut: bool = False
    why_empty: str = "The script has printed nothing."

    @classmethod
    def of_lines(cls, lines: list[str]) -> LogTail:
        """Return the end of a whole log."""
        return cls(tuple(lines[-MOST_LOG_LINES:]), len(lines) > MOST_LOG_LINES)


@dataclass(frozen=True, slots=True)
class ResultFile:
    """One result."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Results:
    """The results: the first of them by name, and how many there are in all."""

    files: tuple[ResultFile, ...] = ()
    count: int = 0
    size_bytes: int = 0
    place: str = ""
    why_empty: str = NO_RESULTS

    @classmethod
    def of_files(cls, files: Iterable[ResultFile], place: str) -> Results:
        """Return the results that are at a place."""
        found = sorted(files, key=lambda one: one.name)
        size_bytes = sum(one.size_bytes for one in found)
        return cls(tuple(found[:MOST_FILES]), len(found), size_bytes, place)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The values of all metrics in their order."""

    values: tuple[MetricValue, ...] = ()
    why_empty: str = NO_METRICS


@dataclass(frozen=True, slots=True)
class JobFacts:
    """One job. `place` says where it ran, `console_url` is empty where there is no console."""

    one: OneRun
    place: str
    log: LogTail = LogTail()
    results: Results = Results()
    metrics: Metrics = Metrics()
    steps: NextSteps = NO_STEPS
    console_url: str = ""
    is_embedded: bool = False

    @property
    def config(self) -> Payload:
        """Return the config after defaults and overrides; empty where it was rejected."""
        return part_of(self.one.record, "config") or part_of(
            part_of(self.one.state, "job"), "config"
        )
