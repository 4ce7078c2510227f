"""`parris cost`: what the runs of a deployment have cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris.timestamps import format_timestamp
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.local_runs.find_local import local_runs, wants_local_runs
from parris_cli.reports.print_read import Found, print_read
from parris_cli.runs.costs import cost_lines, cost_of, costs_by
from parris_cli.runs.read_runs import read_runs
from parris_cli.terminal.style import Span, Style

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.runs.query import Query
    from parris_cli.runs.run import Run

_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class CostOptions:
    """Options of `parris cost`. `group` is a key of `GROUPS`.

    `deployment` is None for the only one in the account; with `is_mine` the owner is who asks.
    """

    query: Query
    group: str
    deployment: str | None
    is_json: bool
    is_mine: bool = False
    is_embedded: bool = False


def show_costs(options: CostOptions) -> int:
    """Print what runs have cost, and return the command's exit code."""

    def read() -> Found:
        if wants_local_runs(options.deployment, is_embedded=options.is_embedded):
            runs, notes = local_runs(options.query)
            return _found(None, runs, notes, options)
        account = real_account(options.deployment or find_deployment(""), Use.REACH)
        return show_costs_on(account, options, datetime.now(UTC))

    return print_read(read, is_json=options.is_json)


def show_costs_on(account: Account, options: CostOptions, now: datetime) -> Found:
    """Return what `parris cost` prints about a deployment."""
    runs, notes = read_runs(account, options.query, now, is_mine=options.is_mine)
    return _found(account.deployment.name, runs, notes, options)


def _found(
    deployment: str | None, runs: list[Run], notes: list[str], options: CostOptions
) -> Found:
    costs, total = costs_by(options.group, runs), cost_of(_TOTAL, runs)
    since = options.query.since
    value: Payload = {
        "deployment": deployment,
        "by": options.group,
        "since": None if since is None else format_timestamp(since),
        "costs": [cost.to_json() for cost in costs],
        "total": total.to_json(),
        "notes": [*notes],
    }
    lines = cost_lines(options.group, costs, total)
    return Found(value, [*lines, *((Span(note, Style.WARNING),) for note in notes)])
