"""`make bench-sweeps`: measures sweeps in one run and prints the tables; `--write` writes them."""

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.sweeps.measure import measure_sweep, sweep_files, sweep_options
from benchmarks.sweeps.report import report_checks, report_quotas, report_sweeps
from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.run_rehearsal import virtual_deployment
from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import measure_form
from parris_cli.terminal.screen import Screen

_PAGE = PROJECT / "docs" / "sweep-scale.md"
_MARK = "<!-- What follows is written by `make bench-sweeps WRITE=1`. -->"
_TRIALS = (10, 100, 1_000)


def main() -> None:
    """Measure, print, and write the page on request."""
    options, screen = _parse(), Screen(sys.stderr)
    sweeps = []
    with tempfile.TemporaryDirectory() as folder, virtual_deployment(screen) as deployment:
        files = sweep_files(Path(folder), _TRIALS[0])
        form = measure_form(deployment, sweep_options(files.source), files, screen)
        if form is None:
            raise SystemExit("the training of the benchmark is rejected")
        for trials in _TRIALS:
            files = sweep_files(Path(folder), trials)
            sweeps.append(measure_sweep(deployment, files, form, trials, screen))
    parts = (
        _machine(),
        f"## What they take\n\n{report_sweeps(sweeps)}",
        f"## What was checked\n\n{report_checks(sweeps)}",
        f"## Beside the quotas of AWS\n\n{report_quotas(sweeps)}",
    )
    text = "\n\n".join(parts)
    print(f"\n{text}")
    if options.write:
        head = _PAGE.read_text("utf-8").partition(_MARK)[0]
        _PAGE.write_text(f"{head}{_MARK}\n\n{text}\n", "utf-8")
    if not all(one.is_budget_kept and one.is_valid for one in sweeps):
        raise SystemExit("a budget was not kept, or the reduced form is not valid")


def _machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}; load averages at the end:"
        f" {load}."
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-sweeps", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/sweep-scale.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
