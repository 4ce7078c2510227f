"""Sweeps on a deployment that a test starts, waits for and follows as the command does."""

import io
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from parris.aws.sweeps_table import SweepsTable
from parris_cli.reports.leftovers import Leftover, find_leftovers
from parris_cli.sweeps.follow_sweep import SweepFollower
from parris_cli.sweeps.read_sweep import SweepReader
from parris_cli.sweeps.run_sweep import follow_and_report
from parris_cli.sweeps.start_sweep import StartedSweep, start_sweep
from parris_cli.sweeps.sweep_files import find_sweep_files
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.screen import Screen
from tests.end_to_end.deployment import Deployed
from tests.patience import PATIENCE_SECONDS


def start(deployed: Deployed, config: Path) -> StartedSweep:
    with Interrupts() as interrupts:
        return start_sweep(deployed.account, find_sweep_files(config), interrupts)


def follow(deployed: Deployed, started: StartedSweep, *, is_json: bool = False) -> tuple[int, str]:
    shown = io.StringIO()
    with Interrupts() as interrupts:
        follower = SweepFollower(
            deployed.account,
            SweepReader(deployed.account),
            started,
            Screen(shown),
            interrupts,
        )
        return follow_and_report(follower, None, is_json=is_json), shown.getvalue()


def end_of(deployed: Deployed, started: StartedSweep) -> Decimal:
    """Wait for the end of a sweep, and return the most that was committed of its budget."""
    account, seen = deployed.account, [Decimal(0)]
    table = SweepsTable(account.client("dynamodb"), account.deployment.sweeps_table)
    deadline = time.monotonic() + 3 * PATIENCE_SECONDS
    while True:
        execution = account.stepfunctions.describe_execution(executionArn=started.execution_arn)
        sweep = table.find(started.sweep_id)
        seen += [] if sweep is None else [sweep.committed_usd]
        if execution["status"] != "RUNNING":
            return max(seen)
        assert time.monotonic() < deadline, "the sweep has not ended"
        # Rarely, since each request takes processor time from the trials.
        time.sleep(2)


def left_of(deployed: Deployed, trial: dict[str, Any]) -> list[Leftover]:
    """Return what is there of a trial."""
    return find_leftovers(deployed.account, trial["execution_arn"])
