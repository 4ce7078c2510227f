"""`parris list`: the runs of a deployment, running and ended, for people and for programs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.formatting import counted, usd
from parris_cli.local_runs.find_local import local_runs, wants_local_runs
from parris_cli.reports.print_read import Found, print_read
from parris_cli.runs.lines import run_lines
from parris_cli.runs.read_runs import read_runs
from parris_cli.terminal.capabilities import columns_of
from parris_cli.terminal.style import Span, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris_cli.account.clients import Account
    from parris_cli.runs.query import Query
    from parris_cli.runs.run import Run

_ENDED = "`parris list` shows what has ended"


@dataclass(frozen=True, slots=True)
class ListOptions:
    """Options of `parris list`. `deployment` is None for the only one in the account.

    With `is_embedded` the jobs of this machine are listed. With `is_mine` the owner is who asks.
    With `is_ids_only` nothing but ids is printed.
    """

    query: Query
    deployment: str | None
    is_json: bool
    is_mine: bool = False
    is_ids_only: bool = False
    is_embedded: bool = False


def list_runs(options: ListOptions) -> int:
    """Print the runs of a deployment, and return the command's exit code."""

    def read() -> Found:
        now = datetime.now(UTC)
        if wants_local_runs(options.deployment, is_embedded=options.is_embedded):
            runs, notes = local_runs(options.query)
            return found_runs(
                None,
                runs,
                notes,
                now,
                is_running_only=options.query.is_running_only,
                is_ids_only=options.is_ids_only,
            )
        account = real_account(options.deployment or find_deployment(""), Use.REACH)
        return list_runs_on(account, options, now)

    return print_read(read, is_json=options.is_json)


def list_runs_on(account: Account, options: ListOptions, now: datetime) -> Found:
    """Return what `parris list` prints about a deployment."""
    runs, notes = read_runs(account, options.query, now, is_mine=options.is_mine)
    name = account.deployment.name
    return found_runs(
        name,
        runs,
        notes,
        now,
        is_running_only=options.query.is_running_only,
        is_ids_only=options.is_ids_only,
    )


def found_runs(
    deployment: str | None,
    runs: list[Run],
    notes: list[str],
    now: datetime,
    *,
    is_running_only: bool = False,
    is_ids_only: bool = False,
) -> Found:
    """Return what is printed about runs. `deployment` is None for those of this machine."""
    value: Payload = {
        "deployment": deployment,
        "runs": [run.to_json() for run in runs],
        "notes": [*notes],
    }
    if is_ids_only:
        return Found(value, [(Span(run.job_id),) for run in runs])
    total = _total(runs, is_running_only=is_running_only)
    return Found(value, _lines(runs, [total, *notes], now))


def _lines(runs: Sequence[Run], notes: list[str], now: datetime) -> list[tuple[Span, ...]]:
    stdout = sys.stdout
    width = columns_of(stdout) if stdout.isatty() else None
    lines = run_lines(runs, now, width) if runs else []
    return [*lines, *((Span(text, Style.DIM),) for text in notes)]


def _total(runs: Sequence[Run], *, is_running_only: bool) -> str:
    """Return how many runs are shown, and what they have cost."""
    if not runs:
        return f"nothing is running; {_ENDED}" if is_running_only else "no runs"
    known = [run.cost_usd for run in runs if run.cost_usd is not None]
    running = sum(run.is_running for run in runs)
    return (
        f"{counted(len(runs), 'run')}, {running} running; {usd(sum(known, Decimal(0)))} USD,"
        " estimated"
    )
