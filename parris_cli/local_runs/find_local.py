"""Decides whether a command is about the jobs of this machine, and finds one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parris_cli.account.session import has_credentials
from parris_cli.errors import RefusedError
from parris_cli.local_runs.local_run import HISTORY, read_local_runs

if TYPE_CHECKING:
    from parris_cli.local_runs.local_run import LocalRun
    from parris_cli.runs.query import Query
    from parris_cli.runs.run import Run


def wants_local_runs(deployment: str | None, *, is_embedded: bool) -> bool:
    """Return whether a list is about the jobs of this machine.

    It is if that was asked for, or if there is no account and there are such jobs.
    """
    if is_embedded or deployment is not None:
        return is_embedded
    return any(HISTORY.glob("*.json")) and not has_credentials()


def local_runs(query: Query) -> tuple[list[Run], list[str]]:
    """Return the jobs of this machine that are asked for, in their order, and where they are from.

    `owner` does not matter: all of them are of who asks.
    """
    chosen = replace(query, owner=None)
    found = query.sorted(run for one in read_local_runs() if chosen.accepts(run := _shown(one)))
    notes = [f"jobs of `parris run --embedded`, from {HISTORY}"]
    if query.most is not None and len(found) > query.most:
        newest = replace(query, order="started").sorted(found)[: query.most]
        found = query.sorted(newest)
        notes.append(f"only the latest {query.most} are shown; --all shows all")
    return found, notes


def _rank(local: LocalRun) -> tuple[bool, bool, str]:
    """Return what puts the run last that a name means: accepted, running, newest."""
    run = local.run
    return not run.is_refused, run.is_running, str(local.entry.get("submitted_at"))


def _shown(local: LocalRun) -> Run:
    """Return a job as a list shows it; one that runs as its AWS has it."""
    if not local.is_running:
        return local.run
    from parris_cli.local_runs.local_status import status_of_local  # imports the SDK

    return status_of_local(local).run


def find_local_run(job: str, deployment: str | None, *, is_embedded: bool) -> LocalRun | None:
    """Return the job of this machine that is meant, None if it is one of an account.

    An id that the history has is meant anyway: no two jobs have the same.

    Raises:
        RefusedError: when a job of this machine is meant and there is none of that name.
    """
    runs = [] if deployment is not None and not is_embedded else read_local_runs()
    for run in runs:
        if run.job_id == job:
            return run
    if not wants_local_runs(deployment, is_embedded=is_embedded):
        return None
    named = [run for run in runs if run.run.name == job]
    if named:
        return max(named, key=_rank)
    known = ", ".join(dict.fromkeys(run.run.name for run in runs))
    there = f"the names there are: {known}" if known else "it is empty"
    raise RefusedError(f"there is no job {job} in {HISTORY}; {there}")
