"""`parris rehearse`: the real workflow on a virtual clock, with a simulated training."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from parris_cli.account.early_functions import functions_starting
from parris_cli.deployment.environments import has_spot_environment
from parris_cli.errors import RefusedError
from parris_cli.rehearsal.options import ONLY_ON, SPOT_INTERRUPTION
from parris_cli.rehearsal.shut_down import exit_code_of
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.overrides import parse_overrides
from parris_cli.terminal.output import print_report
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.rehearsal.options import RehearseOptions
    from parris_cli.rehearsal.report import RehearsalReport
    from parris_cli.starting.job_files import JobFiles

_SPOT, _EC2_STACK = "spot", "ec2-stack"


def rehearse(options: RehearseOptions) -> int:
    """Rehearse, report on it and return the command's exit code."""
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    return exit_code_of(lambda: _rehearse(options, screen), screen, is_json=options.is_json)


def _rehearse(options: RehearseOptions, screen: Screen) -> int:
    overrides = parse_overrides(options.settings)
    if options.usd_per_hour is not None:
        overrides["hourly-price-usd"] = json.loads(str(options.usd_per_hour))
    files = find_job_files(options.source, overrides, options.job)
    _require_faults_that_can_come(options, files)
    with functions_starting():
        # Imported here: it takes a second, which `--help` does not need.
        from parris_cli.rehearsal.run_rehearsal import run_rehearsals

        reports = run_rehearsals(options, files, screen)
    text = "\n\n".join(report.to_text(is_verbose=options.is_verbose) for report in reports)
    print_report(_as_json(reports), text, screen, is_json=options.is_json)
    return max(report.exit_code for report in reports)


def _require_faults_that_can_come(options: RehearseOptions, files: JobFiles) -> None:
    target = files.merged.get("target", _EC2_STACK)
    is_interrupted = any(fault.kind == SPOT_INTERRUPTION for fault in options.faults)
    # An environment may decide how its machines are bought: it is then one of spot instances.
    is_on_spot = files.merged.get("purchase-option") == _SPOT or has_spot_environment(target)
    if is_interrupted and not is_on_spot:
        raise RefusedError(
            f"--fault {SPOT_INTERRUPTION}: AWS interrupts only spot instances, but the job's"
            " purchase-option is on-demand. Add --set purchase-option=spot"
        )
    for fault in options.faults:
        if ONLY_ON.get(fault.kind, target) != target:
            raise RefusedError(f"--fault {fault.kind}: nothing on {target} can fail so")


def _as_json(reports: list[RehearsalReport]) -> Payload:
    longest = reports[-1].to_json()
    return {**longest, "shorter": reports[0].to_json() if len(reports) > 1 else None}
