"""Prints how a sweep stands, and writes its files, from its record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris.sweeps.record import RUNNING
from parris_cli.reports.report import EXIT_FAILED, EXIT_SUCCEEDED
from parris_cli.reports.reporter import default_folder
from parris_cli.sweeps.report_sweep import head_lines, write_files
from parris_cli.sweeps.table import trial_table
from parris_cli.sweeps.view import SweepView
from parris_cli.terminal.output import print_report, report_columns

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class OneSweepOptions:
    """Options. `sweep` is a sweep's id, its name or the ARN of its execution.

    With `is_embedded` it is one of this machine.
    """

    sweep: str
    deployment: str | None
    is_json: bool
    is_waiting: bool = True
    folder: Path | None = None
    is_embedded: bool = False


def print_status(record: Payload, options: OneSweepOptions, screen: Screen) -> int:
    """Print how a sweep stands, with all its trials, and return the exit code."""
    sweep = SweepView.from_record(record)
    text = [
        f"{sweep.sweep_id}  {_status_text(sweep)}",
        f"  trials   {sweep.over_count} of {sweep.trial_count} have ended",
        *head_lines(sweep),
        "",
        *trial_table(sweep, columns=report_columns()),
    ]
    print_report(record, "\n".join(text), screen, is_json=options.is_json)
    return EXIT_SUCCEEDED


def write_sweep(
    record: Payload, best_config: Payload | None, options: OneSweepOptions, screen: Screen
) -> int:
    """Write record, page and best config into a folder, and return the exit code."""
    sweep = SweepView.from_record(record)
    folder = options.folder or default_folder(sweep.sweep_id)
    best_config = None if sweep.best is None else best_config
    written = write_files(record, best_config, folder, screen)
    lines = [f"{sweep.sweep_id}  {sweep.status}", *(f"  {path}" for path in written)]
    best = sweep.best
    if best is not None and best.training_job_name and not options.is_embedded:
        lines.append(f"  results of the best trial: parris results {best.training_job_name}")
    value: Payload = {
        "sweep_id": sweep.sweep_id,
        "status": sweep.status,
        "files": [str(path) for path in written],
    }
    print_report(value, "\n".join(lines), screen, is_json=options.is_json)
    return EXIT_SUCCEEDED if written else EXIT_FAILED


def _status_text(sweep: SweepView) -> str:
    if sweep.status != RUNNING or sweep.stop_reason is None:
        return sweep.status
    return f"{sweep.status}, starts nothing more: {sweep.stop_reason}"
