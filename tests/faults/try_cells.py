"""Cells are tried many at once, each on a job of its own, and checked when their time is over."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from parris.reasons import EndReason
from tests.faults.calls import CallKey, Strike
from tests.faults.cells import CallCell, Cell, Recorded, bound_of
from tests.faults.columns import COLUMNS
from tests.faults.rules import (
    ALL_IS_OVER_AFTER,
    ALL_IS_TOLD_AFTER,
    MACHINE_IS_OVER_AFTER,
    succeeds,
)
from tests.faults.scenario import Scenario, Visit
from tests.faults.site import Left, Site
from tests.faults.states import NOTHING_THERE

NOT_MADE = "its run did not make the call this time: that depends on what else is there just then"
# One after another, so that one warm process of each function serves them all.
_BETWEEN_STARTS = timedelta(seconds=7)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a cell, nothing where it is as its rule says; or why it could not be."""

    problems: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """What became of a job by the end of its bound."""

    status: str
    error: str
    outcome: Mapping[str, Any]
    left: Left
    is_name_held: bool
    are_results_saved: bool
    did_start: bool
    cleanup_errors: tuple[str, ...]
    was_struck: bool

    @property
    def reason(self) -> str | None:
        """Return the reason that the record gives."""
        found = self.outcome.get("reason")
        return None if found is None else str(found)

    @property
    def was_ended_after(self) -> bool:
        """Return whether the run gave up, and the cleanup has ended what it could not."""
        gave_up = self.error.startswith(EndReason.CLEANUP_FAILED)
        return gave_up and not self.left.things and not self.cleanup_errors

    @property
    def says_what_is_kept(self) -> bool:
        """Return whether the record names what is kept."""
        cause = str(self.outcome.get("cause", ""))
        return bool(self.outcome.get("kept")) or "are kept" in cause or "is kept" in cause

    @property
    def notified_text(self) -> str:
        """Return the text of all notifications."""
        return " ".join([self.error, json.dumps(dict(self.outcome)), *self.cleanup_errors])


def record_runs(site: Site, scenarios: Sequence[Scenario]) -> dict[str, Recorded]:
    """Let a job of each scenario go undisturbed, and return what its run did."""
    jobs = _start(site, [(one, None) for one in scenarios])
    lasts = any(one.lasts for one in scenarios)
    site.pass_time(site.clock.now() + (ALL_IS_TOLD_AFTER if lasts else ALL_IS_OVER_AFTER))
    return {
        scenario.name: Recorded(site.calls.calls_of(job), site.states.states_of(job))
        for job, scenario in jobs.items()
    }


def try_cells(site: Site, cells: Sequence[Cell]) -> dict[Cell, Verdict]:
    """Try cells at the same time, those of one bound together."""
    found: dict[Cell, Verdict] = {}
    for bound in sorted({bound_of(cell) for cell in cells}):
        found.update(_try_batch(site, [one for one in cells if bound_of(one) == bound], bound))
    return found


def _try_batch(site: Site, cells: Sequence[Cell], bound: timedelta) -> dict[Cell, Verdict]:
    jobs = list(_start(site, [(cell.scenario, cell) for cell in cells]))
    began_at = site.clock.now()
    longer = max(cell.scenario.longer for cell in cells)
    site.pass_time(began_at + min(bound, MACHINE_IS_OVER_AFTER + longer))
    before = site.left_of_each(jobs)
    site.pass_time(began_at + bound)
    left = site.left_of_each(jobs)
    hurt = () if site.is_neighbour_well() else ("the neighbour of this batch was touched",)
    verdicts = {
        cell: Verdict(skipped=why)
        if (why := _why_not_tried(site, job, cell))
        else Verdict(
            (*_problems(cell, _end_of(site, job, left[job]), before[job].billed_machines), *hurt)
        )
        for cell, job in zip(cells, jobs, strict=True)
    }
    for job in jobs:  # what is left of it now ends, instead of being tried beside later batches
        site.calls.strikes.pop(job, None)
    return verdicts


def _why_not_tried(site: Site, job: str, cell: Cell) -> str | None:
    if site.states.struck.get(job) == NOTHING_THERE:
        return NOTHING_THERE
    # Such as the reaper's, which comes at its own hour, one for each stack that FindRun finds, and
    # a wake by the second of two simultaneous events. The cells of the sample are never skipped.
    if isinstance(cell, CallCell) and not site.calls.struck[job]:
        return NOT_MADE
    return None


def _start(site: Site, wanted: Iterable[tuple[Scenario, Cell | None]]) -> dict[str, Scenario]:
    named = [(f"cell-{next(_numbers):04d}", scenario, cell) for scenario, cell in wanted]
    jobs = {job: scenario for job, scenario, _ in named}
    site.imagine(jobs)
    for job, scenario, cell in named:
        _arrange(site, job, scenario, cell)
        site.start(job, scenario.config)
        if scenario.visit is not None:
            site.clock.call_at(
                site.clock.now() + scenario.visit_after, partial(site.visit, job, scenario.visit)
            )
        site.pass_time(site.clock.now() + _BETWEEN_STARTS)
    return jobs


def _arrange(site: Site, job: str, scenario: Scenario, cell: Cell | None) -> None:
    strikes: list[Strike] = []
    if scenario.fault is not None:
        row, _, column = scenario.fault.rpartition("/")
        strikes.append(COLUMNS[column].strike(CallKey.parse(row)))
    if isinstance(cell, CallCell):
        strikes.append(cell.column.strike(cell.row))
    elif cell is not None:
        site.states.blows[job] = (cell.row, cell.blow)
    if strikes:
        site.calls.strikes[job] = lambda key, attempt: next(
            (fault for one in strikes if (fault := one(key, attempt)) is not None), None
        )


def _end_of(site: Site, job: str, left: Left) -> End:
    execution = site.execution_of(job)
    record = site.file_of(job, "record.json")
    return End(
        status=execution["status"],
        error=f"{execution.get('error', '')} {execution.get('cause', '')}",
        outcome=(record or {}).get("outcome", {}),
        left=left,
        is_name_held=site.is_name_held(job),
        are_results_saved=site.are_results_saved(job),
        did_start=site.did_start(job),
        cleanup_errors=tuple(
            f"{one['status']} {one.get('error', '')} {one.get('cause', '')}"
            for one in site.cleanups_of(job)
            if one["status"] != "SUCCEEDED"
        ),
        was_struck=site.calls.struck[job] > 0 or job in site.states.struck,
    )


def _problems(cell: Cell, end: End, billed: Sequence[str]) -> tuple[str, ...]:
    rule, usual = cell.rule, cell.scenario.ends_as
    should_notify = EndReason.CLEANUP_FAILED in end.notified_text or end.says_what_is_kept
    may_be_left = rule.may_be_left or cell.scenario.lasts or cell.scenario.keeps
    is_lost = end.reason in (EndReason.INSTANCE_LOST, EndReason.LAUNCH_FAILED)
    allowed = {usual, *rule.reasons, *([None] if rule.may_be_unrecorded else [])}
    checks = {
        "its state was never entered": not end.was_struck,
        "the execution runs on": end.status == "RUNNING",
        f"{billed} runs after {MACHINE_IS_OVER_AFTER}": bool(billed),
        f"the reason is {end.reason}, not one of {sorted(map(str, allowed))}": (
            end.reason not in allowed
        ),
        f"it ends in Succeed, and the record says {end.reason}": (
            end.status == "SUCCEEDED" and not succeeds(end.reason)
        ),
        f"it ends {end.status}, and the record says {end.reason}": (
            not rule.is_cut_short
            # Whoever stops the execution of a job that has trained does not change how it ended.
            and cell.scenario.visit is not Visit.STOP_EXECUTION
            and end.status not in ("SUCCEEDED", "RUNNING")
            and succeeds(end.reason)
            and not (rule.may_be_unrecorded and end.error.strip())
            and not (rule.may_be_left and end.was_ended_after)
        ),
        f"left without a notification: {end.left.things}": (
            bool(end.left.things) and not (may_be_left and should_notify)
        ),
        "the results are not saved, without a notification": (
            end.did_start and not end.are_results_saved and not (should_notify or is_lost)
        ),
        "its name is not released": (
            end.is_name_held and end.status != "RUNNING" and not cell.lasts
        ),
        "something is left, and no cleanup has failed, which would ring the alarm": (
            end.reason == EndReason.CLEANUP_FAILED
            and bool(end.left.things)
            and not end.cleanup_errors
        ),
        f"its cleanup failed: {end.cleanup_errors}": (
            bool(end.cleanup_errors) and not (cell.lasts or rule.is_cut_short)
        ),
    }
    problems = tuple(words for words, is_so in checks.items() if is_so)
    return (*problems, f"notified: {end.notified_text}") if problems else ()
