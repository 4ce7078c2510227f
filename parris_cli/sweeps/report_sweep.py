"""The report on a sweep: its end, its best trials, and the files that are written beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in
from parris.reasons import EndReason
from parris.sweeps.record import RUNNING
from parris_cli.formatting import money
from parris_cli.pages.axis import number_label
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.reports.reporter import default_folder
from parris_cli.sweeps.page.render import render_sweep_page
from parris_cli.sweeps.table import trial_table
from parris_cli.sweeps.view import SweepView
from parris_cli.terminal.output import print_report, report_columns
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload
    from parris_cli.sweeps.follow_sweep import SweepResult
    from parris_cli.sweeps.read_sweep import SweepReader
    from parris_cli.sweeps.start_sweep import StartedSweep
    from parris_cli.terminal.screen import Screen

RECORD_FILE, PAGE_FILE, BEST_FILE = "record.json", "report.html", "best-config.json"
SUCCESSFUL = ("COMPLETED", "BUDGET_USED")
_CUT_OFF = "INTERRUPTED"
_MOST_TRIALS = 10


def report_sweep(
    reader: SweepReader,
    started: StartedSweep,
    result: SweepResult,
    folder: Path | None,
    screen: Screen,
    *,
    is_json: bool,
) -> int:
    """Report on a sweep that has ended, write its files, and return the command's exit code."""
    if result.record is None:
        status = result.error or "NOT_BEGUN"
        text = f"{status}  {result.cause}".rstrip()
        value: Payload = {"sweep_id": started.sweep_id, "status": status, "cause": result.cause}
        print_report(value, text, screen, is_json=is_json, style=Style.BAD)
        return EXIT_REFUSED if result.error == EndReason.CONFIG_REJECTED else EXIT_FAILED
    sweep = SweepView.from_record(result.record)
    best_config = reader.best_config(sweep.sweep_id) if sweep.best is not None else None
    to = folder or default_folder(started.sweep_id)
    written = write_files(result.record, best_config, to, screen)
    text = "\n".join([*summary_lines(sweep, result.record), *_written_lines(written)])
    is_good = sweep.status in SUCCESSFUL
    style = Style.GOOD if is_good else Style.BAD
    print_report(result.record, text, screen, is_json=is_json, style=style)
    return EXIT_SUCCEEDED if is_good else EXIT_FAILED


def report_unfinished(
    started: StartedSweep, cause: str, screen: Screen, *, is_json: bool, is_stopping: bool = False
) -> None:
    """Say how to come back to a sweep that goes on."""
    verbs = ["status", "watch", *([] if is_stopping else ["stop"])]
    commands = (f"  {verb:<9}parris sweep {verb} {started.sweep_id}" for verb in verbs)
    text = "\n".join([f"{started.sweep_id}: {cause}", *commands])
    value: Payload = {"sweep_id": started.sweep_id, "status": RUNNING, "cause": cause}
    print_report(value, text, screen, is_json=is_json)


def report_cut_off(started: StartedSweep, cause: str, screen: Screen, *, is_json: bool) -> int:
    """Report on a sweep that ends with the command, and return the command's exit code."""
    text = (
        f"{started.sweep_id}: {cause}\n  its AWS on this machine ends now, and its trials with it"
    )
    value: Payload = {"sweep_id": started.sweep_id, "status": _CUT_OFF, "cause": cause}
    print_report(value, text, screen, is_json=is_json)
    return EXIT_FAILED


def summary_lines(sweep: SweepView, record: Payload) -> list[str]:
    """Return how a sweep stands, with its best trials."""
    lines = [f"{sweep.status}  {maybe_text_in(record, 'cause') or ''}".rstrip(), *head_lines(sweep)]
    table = trial_table(sweep, _MOST_TRIALS, report_columns())
    return [*lines, "", *table, ""] if sweep.trials else lines


def head_lines(sweep: SweepView) -> list[str]:
    """Return the best trial of a sweep, and what it has cost."""
    lines = []
    best = sweep.best
    if best is not None:
        value = number_label(best.value or 0)
        lines.append(f"  best     {sweep.metric} {value}, trial {best.number}")
    elif sweep.is_goal_missed:
        names = ", ".join(sweep.metric_names)
        printed = (
            f"they printed {names}"
            if names
            else f"they printed no metric at all; print lines such as `step=1 {sweep.metric}=0.25`"
        )
        lines.append(
            f"  best     none: no trial that succeeded has printed {sweep.metric}; {printed}"
        )
    if sweep.bounded_by is not None:
        lines.append(f"  parallel at most {sweep.max_parallel} at once: {sweep.bounded_by}")
    reserved = f", {money(str(sweep.reserved_usd))} reserved" if sweep.reserved_usd else ""
    limit = money(str(sweep.cost_limit_usd))
    lines.append(f"  cost     {money(str(sweep.spent_usd))} of {limit} USD, estimated{reserved}")
    return lines


def write_files(
    record: Payload, best_config: Payload | None, folder: Path, screen: Screen
) -> list[Path]:
    """Write the record, the page and the best trial's config, if there is one, into a folder.

    Returns:
        What was written; a folder that cannot be written to is reported on the screen.
    """
    sweep = SweepView.from_record(record)
    contents = {
        RECORD_FILE: json.dumps(record, indent=2),
        PAGE_FILE: render_sweep_page(sweep),
    }
    if best_config is not None:
        contents[BEST_FILE] = json.dumps(best_config, indent=2)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            (folder / name).write_text(f"{text}\n", encoding="utf-8")
            written.append(folder / name)
    except OSError as err:
        screen.warn(f"{folder} cannot be written: {err.strerror or err}; the record stays in S3")
    return written


def _written_lines(written: list[Path]) -> list[str]:
    labels = {RECORD_FILE: "record", PAGE_FILE: "report", BEST_FILE: "config"}
    return [f"  {labels[path.name]:<9}{path}" for path in written]
