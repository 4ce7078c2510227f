"""Reads metrics from the log as the runner does: by its own modules, which it gets as files."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from parris.metric_rows import MetricValue
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RUNNER = PROJECT / "templates" / "runner"
# The search with the expressions of a config is ended when it takes too long for so many lines.
_LINES_AT_ONCE = 500


class MetricLines:
    """Reads the lines of one log.

    Args:
        patterns: the regular expressions of the config by metric name. They are searched for in a
            process of its own, so that one that takes for ever can be ended.
    """

    def __init__(self, patterns: Mapping[str, str] | None = None) -> None:
        self._reader = _reader_class()(patterns or {}, lambda problem: None)

    def __enter__(self) -> Self:
        """Return the reader."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        self.close()

    def read(self, lines: Iterable[str]) -> list[MetricValue]:
        """Return the finite values in the next lines."""
        wanted = [line for line in lines if self._reader.can_have_metrics(line)]
        return [
            MetricValue(name, step, value)
            for start in range(0, len(wanted), _LINES_AT_ONCE)
            for found in self._reader.read(wanted[start : start + _LINES_AT_ONCE])
            for step, name, value in found
            if isinstance(value, float)
        ]

    def close(self) -> None:
        """End the process that searches, if there is one."""
        self._reader.close()


@cache
def _reader_class() -> Any:
    sys.path.insert(0, str(_RUNNER))
    try:
        return import_module("runner_metric_reader").MetricReader
    finally:
        sys.path.remove(str(_RUNNER))
