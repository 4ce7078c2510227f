"""Reads what the report shows of a job of `parris run --embedded`, from what it has left here."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris.metric_rows import metric_rows
from parris.payloads import part_of, texts_by_key_in
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.downloads.job_places import LOG, METRICS, NAMES, RECORD
from parris_cli.errors import CommandError
from parris_cli.following.metric_lines import MetricLines
from parris_cli.job_report.job_facts import JobFacts, LogTail, Metrics, ResultFile, Results
from parris_cli.job_report.read_facts import read_facts
from parris_cli.local_runs.local_status import one_from_files
from parris_cli.local_runs.reach import account_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from parris_cli.local_runs.local_run import LocalRun

_PLACE = "the embedded AWS of this machine"
_BESIDE = frozenset({LOG, METRICS, NAMES, RECORD})


def read_local_facts(local: LocalRun, now: datetime) -> JobFacts:
    """Return what is known of a job of this machine: from its AWS while that runs, then its files.

    Args:
        local: the job.
        now: the time up to which a running job is counted.
    """
    account = account_of(local)
    if account is not None:
        try:
            facts = read_facts(account, local.job_id, None, now)
        except (*AWS_ERRORS, CommandError):
            pass  # it has ended meanwhile
        else:
            return replace(facts, place=_PLACE, steps=local.steps, console_url="", is_embedded=True)
    return _facts_from_files(local)


def _facts_from_files(local: LocalRun) -> JobFacts:
    facts = JobFacts(
        one_from_files(local),
        place=_PLACE,
        steps=local.steps,
        is_embedded=True,
    )
    why = ""
    if local.is_running:
        why = f"The job is running: its command (process {local.process_id}) shows it."
    elif not local.folder.is_dir() and local.log is None:
        why = f"Its folder {local.results} is not there any more."
    if why:
        nothing = Results(why_empty=why)
        return replace(
            facts, log=LogTail(why_empty=why), results=nothing, metrics=Metrics(why_empty=why)
        )
    return replace(
        facts,
        log=_log(local),
        results=Results.of_files(_files(local.folder), str(local.folder)),
        metrics=_metrics(local),
    )


def _log(local: LocalRun) -> LogTail:
    lines = local.log
    if lines is None:
        return LogTail(why_empty=f"The job has left no log in {local.results}.")
    return LogTail() if lines == [""] else LogTail.of_lines(lines)


def _metrics(local: LocalRun) -> Metrics:
    file = local.folder / METRICS
    try:
        return Metrics(tuple(metric_rows(file.read_bytes())))
    except FileNotFoundError:
        # Only a runner writes it; a service has written no more than the log.
        patterns = texts_by_key_in(part_of(local.record, "config"), "metrics")
        with MetricLines(patterns) as reader:
            return Metrics(tuple(reader.read(local.log or [])))
    except OSError as err:
        return Metrics(why_empty=f"{file} could not be read: {err.strerror}")


def _files(folder: Path) -> Iterator[ResultFile]:
    for above, _, names in os.walk(folder):
        for name in names:
            file = Path(above) / name
            shown = file.relative_to(folder).as_posix()
            if shown not in _BESIDE and file.is_file():
                yield ResultFile(shown, file.stat().st_size)
