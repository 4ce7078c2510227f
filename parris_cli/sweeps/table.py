"""The trials of a sweep as a table for a terminal, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.sweeps.trial import TrialStatus
from parris_cli.formatting import duration, money, shortened
from parris_cli.pages.axis import number_label
from parris_cli.terminal.cells import cell_width
from parris_cli.terminal.style import Span
from parris_cli.terminal.table import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Json
    from parris_cli.sweeps.view import SweepView, TrialView

_LONGEST_VALUE = 20
_MOST_LIVE_TRIALS = 12


def trial_table(sweep: SweepView, most: int | None = None, columns: int | None = None) -> list[str]:
    """Return the lines of the table: a head, and one line for each trial.

    Args:
        sweep: the sweep.
        most: how many trials are shown; None shows all.
        columns: how wide it may be: what does not fit is left out, the last hyperparameters first.
    """
    lines = _table(sweep, sweep.ranked[:most], columns)
    hidden = len(sweep.trials) - len(lines) + 1
    return [*lines, f"... and {hidden} more"] if hidden else lines


def live_table(sweep: SweepView, columns: int, lines: int) -> list[str]:
    """Return the table of a sweep that runs: the best trials so far, and below some that run.

    Args:
        sweep: the sweep.
        columns: how wide it may be.
        lines: how many lines it may have, the head included.
    """
    most = min(lines - 1, _MOST_LIVE_TRIALS)
    running = [one for one in sweep.ranked if one.status is TrialStatus.RUNNING]
    over = [one for one in sweep.ranked if one.is_over]
    running = running[: max(most // 3, most - len(over))]
    return _table(sweep, [*over[: most - len(running)], *running], columns)


def _table(sweep: SweepView, trials: Sequence[TrialView], columns: int | None) -> list[str]:
    names = sweep.parameter_names
    head = ["trial", *([sweep.metric] if sweep.metric else []), "status", "USD", "time", *names]
    rows = [head, *(_row(sweep, trial) for trial in trials)]
    numbers = {0, head.index("USD"), head.index("time")} | ({1} if sweep.metric else set())
    for shown in range(len(head), 0, -1):
        table = aligned([[Span(cell) for cell in row[:shown]] for row in rows], numbers)
        lines = ["".join(span.text for span in line) for line in table]
        if columns is None or max(map(cell_width, lines)) <= columns:
            break
    return lines


def begin_line(sweep: SweepView) -> str:
    """Return one line about what a sweep is going to do, and what limits it."""
    worst = money(f"{sweep.worst_usd:.4f}")
    at_once = f"{sweep.most_at_once} at the same time"
    if sweep.most_at_once < min(sweep.max_parallel, sweep.trial_count):
        at_once = f"only {at_once} within the budget"
    return f"{sweep.trial_count}, {at_once}; one can cost {worst} USD at most"


def trial_line(sweep: SweepView, trial: TrialView) -> str:
    """Return one line about a trial that has ended, or that will not start."""
    if not trial.runs:
        return f"{trial.status}: {trial.cause or 'the sweep starts no further trial'}"
    if trial.status is TrialStatus.UNCONFIRMED:
        return f"{trial.status}: {trial.cause}"
    value = "" if trial.value is None else f"{sweep.metric} {number_label(trial.value)}, "
    if sweep.metric and trial.value is None and trial.status is TrialStatus.SUCCEEDED:
        value = f"no {sweep.metric}, "
    parameters = ", ".join(f"{name} {_shown(value)}" for name, value in trial.parameters.items())
    how = trial.reason or trial.status.value
    return f"{how}: {value}{money(str(trial.spent_usd))} USD; {parameters}".removesuffix("; ")


def _row(sweep: SweepView, trial: TrialView) -> list[str]:
    value = "" if trial.value is None else number_label(trial.value)
    return [
        str(trial.number),
        *([value] if sweep.metric else []),
        trial.reason or trial.status.value,
        money(str(trial.spent_usd)) if trial.spent_usd or (trial.runs and trial.is_over) else "",
        duration(trial.runtime_seconds) if trial.runtime_seconds else "",
        *(_shown(trial.parameters.get(name, "")) for name in sweep.parameter_names),
    ]


def _shown(value: Json) -> str:
    text = number_label(value) if isinstance(value, float) else str(value)
    return shortened(text, _LONGEST_VALUE)
