"""Reads everything that the report shows of a job of a deployment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.bucket import Bucket
from parris.aws.translate_errors import code_of
from parris.metric_rows import metric_rows
from parris.notifications.links import execution_url
from parris.payloads import texts_by_key_in
from parris_cli.aws_errors import AWS_ERRORS, describe_error
from parris_cli.downloads.job_places import find_places
from parris_cli.downloads.stored_files import decode_names, list_files
from parris_cli.errors import RefusedError
from parris_cli.following.find_started import find_started
from parris_cli.following.metric_lines import MetricLines
from parris_cli.job_report.job_facts import JobFacts, LogTail, Metrics, ResultFile, Results
from parris_cli.logs.live_log import LiveLog
from parris_cli.reports.next_steps import next_steps
from parris_cli.runs.one_run import read_found_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.downloads.job_places import JobPlaces
    from parris_cli.following.find_started import FoundJob
    from parris_cli.runs.one_run import OneRun

_LOG_BYTES = 64 * 1024
# What S3 says of a range in an object that has no byte.
_EMPTY = "InvalidRange"
_ABSENT = "NoSuchKey"
_NOT_READ = (*AWS_ERRORS, RefusedError, ValueError)


def read_facts(account: Account, job: str, deployment: str | None, now: datetime) -> JobFacts:
    """Return what is known of a job. What may not be read is empty, and says why.

    Args:
        account: its deployment.
        job: its job's name, its id, an ARN or the name of its stack.
        deployment: as the command line names it; None if it does not.
        now: the time up to which a running job is counted.

    Raises:
        RefusedError: when there is no such job.
    """
    found = find_started(account, job)
    one = read_found_run(account, found, now)
    facts = JobFacts(
        one=one,
        place=f"deployment {account.deployment.name}",
        steps=next_steps(found.job_id, deployment, None, is_running=one.run.is_running),
        console_url="" if account.is_embedded else execution_url(one.run.execution_arn),
        is_embedded=account.is_embedded,
    )
    if not facts.config:
        why = _why_no_job(one)
        return replace(facts, log=LogTail(why_empty=why), results=Results(why_empty=why))
    places = find_places(account, f"jobs/{one.run.name}/{found.job_id}", one.outcome)
    log, live_lines = _read_log(account, found, places, is_running=one.run.is_running)
    return replace(
        facts,
        log=log,
        results=_read_results(account, places),
        metrics=_read_metrics(account, places, facts, live_lines),
    )


def _why_no_job(one: OneRun) -> str:
    if one.notes:
        return f"It is not known: {one.notes[0]}."
    if one.run.is_running:
        return "The config is being checked, so nothing has been created yet."
    return "It never became a job, so nothing was created."


def _read_log(
    account: Account, found: FoundJob, places: JobPlaces, *, is_running: bool
) -> tuple[LogTail, list[str]]:
    """Return the end of the log, and all of its lines if they had to be read from its streams."""
    try:
        tail = None if is_running else _tail_of_file(account, places)
        if tail is not None:
            return tail, []
        lines = LiveLog(account, found, None).new_lines()
    except _NOT_READ as err:
        return LogTail(why_empty=f"The log could not be read: {describe_error(err)}"), []
    return LogTail.of_lines(lines), lines


def _tail_of_file(account: Account, places: JobPlaces) -> LogTail | None:
    """Return the end of log.txt, None where no runner has written one."""
    try:
        stored = account.s3.get_object(
            Bucket=places.bucket, Key=places.log_key, Range=f"bytes=-{_LOG_BYTES}"
        )
        body = stored["Body"].read()
    except ClientError as err:
        if code_of(err) == _EMPTY:
            return LogTail()
        if code_of(err) == _ABSENT:
            return None
        raise
    lines = body.removesuffix(b"\n").decode(errors="replace").split("\n")
    # Of the first line only the end may be there.
    is_cut = len(body) == _LOG_BYTES
    tail = LogTail.of_lines(lines[is_cut:])
    return LogTail(tail.lines, is_cut or tail.is_cut)


def _read_metrics(
    account: Account, places: JobPlaces, facts: JobFacts, live_lines: list[str]
) -> Metrics:
    try:
        body = Bucket(account.s3, places.bucket).read(places.metrics_key)
        if body is not None:
            return Metrics(tuple(metric_rows(body)))
        with MetricLines(texts_by_key_in(facts.config, "metrics")) as reader:
            return Metrics(tuple(reader.read(live_lines)))
    except (*_NOT_READ, TypeError) as err:
        return Metrics(why_empty=f"The metrics could not be read: {describe_error(err)}")


def _read_results(account: Account, places: JobPlaces) -> Results:
    try:
        names = decode_names(Bucket(account.s3, places.bucket).read(places.names_key))
        return Results.of_files(_files(account, places, dict(names)), places.results_uri)
    except _NOT_READ as err:
        return Results(why_empty=f"The results could not be listed: {describe_error(err)}")


def _files(account: Account, places: JobPlaces, names: dict[str, str]) -> Iterator[ResultFile]:
    for place in places.saved:
        for stored in list_files(account.s3, place.bucket, place.prefix):
            name = stored.key.removeprefix(place.prefix)
            shown = f"{place.folder}/{name}" if place.folder else name
            yield ResultFile(names.get(shown, shown), stored.size_bytes)
