"""Sweeps on a site, each struck at one call or state, and what is wrong with them in the end."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from parris.aws.sweeps_table import SweepsTable
from parris.sweeps.folder import SweepFolder
from parris.sweeps.names import TrialName
from parris.sweeps.sweep import Sweep
from tests.faults.calls import CallKey
from tests.faults.columns import COLUMNS
from tests.faults.scenario import LIMIT, SHORT
from tests.faults.site import Site
from tests.faults.states import StateKey
from tests.faults.sweep_cells import SweepCell

_TRIALS = 3
# For two trials at the same time: the third one waits.
_BUDGET_USD = Decimal("1.3")
_BETWEEN_STARTS = timedelta(seconds=7)
_SUCCEEDING = ("COMPLETED", "BUDGET_USED")
_numbers = itertools.count(9001)


@dataclass(frozen=True, slots=True)
class _Trying:
    """A cell, and the sweep that is struck for it."""

    cell: SweepCell
    name: str

    @property
    def jobs(self) -> list[str]:
        return [TrialName(self.name, number, 0).training_job_name for number in range(_TRIALS)]


def try_sweeps(site: Site, cells: Sequence[SweepCell]) -> dict[str, tuple[str, ...]]:
    """Start a sweep for each cell, and return what is wrong at the end of its bound, by cell."""
    trying = [_Trying(cell, f"cell-{next(_numbers)}") for cell in cells]
    site.train({job: SHORT for one in trying for job in one.jobs})
    table = SweepsTable(site.aws.client("dynamodb"), site.outputs["SweepsTableName"])
    began_at = site.clock.now()
    for one in trying:
        _strike(site, one)
        _start(site, one.name)
        site.pass_time(site.clock.now() + _BETWEEN_STARTS)
    found: dict[str, tuple[str, ...]] = {}
    for bound in sorted({one.cell.bound for one in trying}):
        site.pass_time(began_at + bound)
        for one in trying:
            if one.cell.bound == bound:
                found[one.cell.text] = _problems(site, table, one)
    return found


def _strike(site: Site, one: _Trying) -> None:
    what, blow = one.cell.what, one.cell.blow
    if blow is not None and isinstance(what, StateKey):
        site.states.blows[one.name] = (what, blow)
    elif isinstance(what, CallKey):
        column = COLUMNS[one.cell.text.rpartition("/")[2]]
        site.calls.strikes[one.name] = column.strike(what)


def _start(site: Site, name: str) -> None:
    config: dict[str, Any] = {
        "sweep-name": name,
        "training": {
            **LIMIT,
            "training-script-filename": "trainer-script.sh",
            "instance-type": "t3.micro",
        },
        "search": {"method": "list", "trials": [{"depth": one} for one in range(_TRIALS)]},
        "budget": {"cost-limit": float(_BUDGET_USD)},
        "max-parallel": _TRIALS,
    }
    arn = site.outputs["SweepStateMachineArn"]
    steps = site.aws.client("stepfunctions")
    started = steps.start_execution(stateMachineArn=arn, name=name, input=json.dumps(config))
    site.arns[name] = started["executionArn"]
    training = site.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    for number in range(_TRIALS):
        trial = TrialName(name, number, 0).execution_name
        site.arns[trial] = f"{training}:{trial}"


def _problems(site: Site, table: SweepsTable, one: _Trying) -> tuple[str, ...]:
    execution, sweep = site.execution_of(one.name), table.find(one.name)
    key = SweepFolder("", one.name, one.name).record_key
    status = (site.json_at(key) or {}).get("status")
    left = [thing for job in one.jobs for thing in site.left_of(job).things]
    was_struck = site.calls.struck[one.name] > 0 or site.states.struck.get(one.name) == ""
    names = [job for job in one.jobs if site.is_name_held(job)]
    stays = one.cell.stays_reserved
    checks = {
        "it was not struck": not was_struck,
        "it runs on": execution["status"] == "RUNNING",
        f"its record says {status}": status not in one.cell.ends,
        f"it ends in Succeed as {status}": (
            execution["status"] == "SUCCEEDED" and status not in _SUCCEEDING
        ),
        f"left: {left}": bool(left) and not stays,
        f"names are held: {names}": bool(names) and not stays,
        **_budget_problems(sweep, stays_reserved=stays),
        "the neighbour was touched": not site.is_neighbour_well(),
    }
    problems = tuple(words for words, is_so in checks.items() if is_so)
    said = f"{execution['status']} {execution.get('error')} {execution.get('cause')}"
    return (*problems, said, str(sweep)) if problems else ()


def _budget_problems(sweep: Sweep | None, *, stays_reserved: bool) -> dict[str, bool]:
    if sweep is None:
        return {}
    return {
        f"the budget is exceeded: {sweep.committed_usd}": sweep.committed_usd > _BUDGET_USD,
        f"reserved: {sweep.reserved_usd}": (sweep.reserved_usd != 0) is not stays_reserved,
        f"closed: {sweep.closed_at}": (sweep.closed_at is None) is not stays_reserved,
    }
