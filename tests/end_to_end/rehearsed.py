"""Rehearsals of a job's config, on the virtual clock of a deployment that tests share."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

from parris_cli.rehearsal.options import FaultOption, RehearseOptions
from parris_cli.rehearsal.run_rehearsal import (
    VirtualDeployment,
    prepare_environment,
    rehearse_once,
    virtual_deployment,
)
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.overrides import parse_overrides
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from parris_cli.rehearsal.report import RehearsalReport

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)
BY_TIME = ("termination-method=at-fixed-time", "termination-options.time-limit=10h")


@contextmanager
def deployment_for(job: Path, *faults: FaultOption) -> Iterator[VirtualDeployment]:
    """Deploy Parris and the environment that the job's target needs, and which has the faults."""
    with virtual_deployment(Screen(StringIO())) as running:
        options = _options(job, HOUR, faults, ())
        prepare_environment(running, options, find_job_files(job, {}))
        yield running


def rehearsed(
    deployment: VirtualDeployment,
    job: Path,
    takes: timedelta,
    *faults: FaultOption,
    settings: tuple[str, ...] = (),
    exit_code: int = 0,
    upload_takes: timedelta = AT_ONCE,
    metric_values: tuple[float, ...] = (),
) -> RehearsalReport:
    """Return the report of a rehearsal whose training takes so long."""
    files = find_job_files(job, parse_overrides(settings))
    options = _options(job, takes, faults, settings, exit_code, upload_takes, metric_values)
    return rehearse_once(deployment, options, files, takes)


def reason_of(report: RehearsalReport) -> str | None:
    """Return the reason of the end, after checking that nothing is left."""
    assert report.to_json()["left_running"] == []
    return report.job.end.reason


def _options(
    job: Path,
    takes: timedelta,
    faults: tuple[FaultOption, ...],
    settings: tuple[str, ...],
    exit_code: int = 0,
    upload_takes: timedelta = AT_ONCE,
    metric_values: tuple[float, ...] = (),
) -> RehearseOptions:
    return RehearseOptions(
        source=job,
        shortest=takes,
        longest=takes,
        exit_code=exit_code,
        faults=faults,
        usd_per_hour=None,
        settings=settings,
        is_json=False,
        upload_takes=upload_takes,
        metric_values=metric_values,
    )
