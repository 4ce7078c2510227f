"""Reads the metrics in lines: their pairs, and what the expressions of the config find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from runner_metric_lines import (
    LONGEST_LINE_CHARACTERS,
    read_metrics,
    read_metrics_of_epoch,
    step_of,
    value_of,
)
from runner_pattern_search import PatternSearch, PatternsFailedError
from runner_text import without_colours
from runner_wording import named

_STEP = "step"


class MetricReader:
    """Reads lines in their order: a value without a step has the last one before it.

    The epoch stands for the step where a script has printed no step so far.

    Args:
        patterns: the regular expressions of the config by metric name, each with one group.
        note: called with problems.
    """

    def __init__(self, patterns: Mapping[str, str], note: Callable[[str], None]) -> None:
        """Start no process before there are lines."""
        self._patterns = patterns
        self._note = note
        self._search: PatternSearch | None = None
        self._step: int | None = None
        self._has_steps = False

    def can_have_metrics(self, line: str) -> bool:
        """Return whether a line needs to be read at all."""
        if self._patterns:
            return True
        lower = line.lower()
        return "step=" in lower or ("epoch" in lower and "=" in lower)

    def read(self, lines: Sequence[str]) -> list[list[tuple[int | None, str, object]]]:
        """Return step, name and value of the metrics in each of the lines, with their colours."""
        texts = [without_colours(line)[:LONGEST_LINE_CHARACTERS] for line in lines]
        searched = self._search_with_patterns(texts)
        return [self._values_in(text, found) for text, found in zip(texts, searched)]

    def close(self) -> None:
        """End the process that searches."""
        if self._search is not None:
            self._search.close()

    def _values_in(self, text: str, found: dict[str, str]) -> list[tuple[int | None, str, object]]:
        step, read = read_metrics(text) or (None, {})
        if _STEP in found:
            step = step_of(found.pop(_STEP, "").strip())
        self._has_steps = self._has_steps or step is not None
        if step is None and not read and not self._has_steps:
            step, read = read_metrics_of_epoch(text) or (None, {})
        self._step = self._step if step is None else step
        values: dict[str, object] = {**read}
        for name, caught in found.items():
            try:
                values[name] = value_of(caught)
            except ValueError:
                self._note(f"metrics: {named([caught])} is not a number for {name}")
        return [(self._step, name, value) for name, value in values.items()]

    def _search_with_patterns(self, texts: list[str]) -> list[dict[str, str]]:
        if not self._patterns:
            return [{} for _ in texts]
        try:
            if self._search is None:
                self._search = PatternSearch(self._patterns)
            return self._search.search(texts)
        except (PatternsFailedError, OSError) as error:
            self._patterns = {}
            self._note(f"metrics: the config's expressions are no longer used: {error}")
            return [{} for _ in texts]
