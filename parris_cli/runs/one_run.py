"""Everything that is known of one run: its list entry, its path, its record and its log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.bucket import Bucket
from parris.folder import JobFolder
from parris.job import Job
from parris.payloads import Payload, maybe_text_in, part_of
from parris.termination.metrics import metrics_in
from parris.timestamps import maybe_timestamp_in
from parris_cli.aws_errors import describe_error, is_denied
from parris_cli.downloads.job_places import find_places
from parris_cli.errors import RefusedError
from parris_cli.following.find_started import FoundJob, find_started
from parris_cli.following.history import History
from parris_cli.following.job_status import deadline_words
from parris_cli.following.log_tail import last_lines
from parris_cli.following.path import PhaseBegun, last_state, path_of
from parris_cli.runs.index import RunIndexReader
from parris_cli.runs.run import Run

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.following.history import Transition
    from parris_cli.starting.start_job import StartedJob

LOG_LINES = 5


@dataclass(frozen=True, slots=True)
class OneRun:
    """A run. `record` is its run record, empty while it is running or where it has none.

    `ends` says by when it ends at the latest. `attempt` is the number of the current attempt of at
    most `max_attempts`. `next_check_at` is when the workflow checks it again without an event.
    """

    run: Run
    cause: str = ""
    path: tuple[PhaseBegun, ...] = ()
    record: Payload = field(default_factory=dict)
    ends: str = ""
    attempt: int = 1
    max_attempts: int = 1
    next_check_at: datetime | None = None
    log: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()

    @property
    def state(self) -> Payload:
        """Return `$` of its workflow after the last state that has a job; empty before that."""
        return last_state(self.transitions)

    @property
    def outcome(self) -> Payload:
        """Return how it ended, empty where that is not known."""
        return part_of(self.record, "outcome")


def read_one_run(account: Account, job: str, now: datetime) -> OneRun:
    """Return what is known of a run of this deployment.

    Args:
        account: the deployment.
        job: its job's name, its id, an ARN or the name of its stack.
        now: the time up to which a running run is counted.

    Raises:
        RefusedError: when there is no such run.
    """
    return read_found_run(account, find_started(account, job), now)


def read_found_run(account: Account, found: FoundJob, now: datetime) -> OneRun:
    """Return what is known of a run that was found; the same as `read_one_run`."""
    if found.started is None:
        return _from_files(account, found)
    execution = account.stepfunctions.describe_execution(executionArn=found.started.execution_arn)
    transitions, notes = _transitions(account, found.started)
    if execution["status"] == "RUNNING":
        return _running(account, found.started, transitions, now, notes)
    job = part_of(last_state(transitions), "job")
    name = maybe_text_in(job, "training_job_name") or found.name
    run = _entry(account, found.job_id) or Run.without_record(execution, name)
    record = {} if name is None else _record(account, name, found.job_id)
    cause = maybe_text_in(part_of(record, "outcome"), "cause") or execution.get("cause") or ""
    return OneRun(
        run,
        cause,
        tuple(path_of(transitions)),
        record,
        notes=tuple(notes),
        transitions=tuple(transitions),
    )


def _from_files(account: Account, found: FoundJob) -> OneRun:
    """Return a run that Step Functions has deleted, after 90 days."""
    record = {} if found.name is None else _record(account, found.name, found.job_id)
    run = _entry(account, found.job_id)
    if run is None:
        raise RefusedError(
            f"{found.job_id} has no record; its files: parris results {found.job_id}"
        )
    return OneRun(run, maybe_text_in(part_of(record, "outcome"), "cause") or "", (), record)


def _running(
    account: Account,
    started: StartedJob,
    transitions: list[Transition],
    now: datetime,
    notes: list[str],
) -> OneRun:
    state, path = last_state(transitions), tuple(path_of(transitions))
    run = Run.from_state(started.job_id, started.execution_arn, started.started_at, state, now)
    if not part_of(state, "job"):
        return OneRun(run, path=path, notes=tuple(notes), transitions=tuple(transitions))
    job, launch = Job.from_payload(part_of(state, "job")), part_of(state, "run")
    metrics: Payload = {}
    log: list[str] = []
    try:
        log = last_lines(account, job, maybe_text_in(launch, "machine_id"), LOG_LINES)
        metrics = _metrics_so_far(account, job.folder.prefix)
    except ClientError as err:
        if not is_denied(err):
            raise
        notes.append(f"its log is not shown: {describe_error(err)}")
    launched_at = maybe_timestamp_in(launch, "launched_at")
    return OneRun(
        run=replace(run, metrics=metrics),
        path=path,
        ends="" if launched_at is None else deadline_words(job, launched_at, now),
        attempt=job.attempt_number,
        max_attempts=job.max_attempts,
        next_check_at=maybe_timestamp_in(part_of(state, "decision"), "next_check_at"),
        log=tuple(log),
        notes=tuple(notes),
        transitions=tuple(transitions),
    )


def _transitions(account: Account, started: StartedJob) -> tuple[list[Transition], list[str]]:
    """Return what is in the history of a run, and what of it may not be read."""
    try:
        return History(account.stepfunctions, started.execution_arn).new_transitions(), []
    except ClientError as err:
        if not is_denied(err):
            raise
        return [], [f"its states are not shown: {describe_error(err)}"]


def _entry(account: Account, job_id: str) -> Run | None:
    try:
        return RunIndexReader(account).find(job_id)
    except ClientError as err:
        if is_denied(err):
            return None
        raise


def _record(account: Account, name: str, job_id: str) -> Payload:
    bucket = Bucket(account.s3, account.deployment.bucket)
    key = JobFolder(account.deployment.bucket, name, job_id).record_key
    return bucket.read_json(key) or {}


def _metrics_so_far(account: Account, job_prefix: str) -> Payload:
    """Return the last metrics as of the last heartbeat, which comes every five minutes."""
    places = find_places(account, job_prefix, {})
    folder = replace(JobFolder(places.bucket, "", ""), machine_prefix=places.machine_prefix)
    report = Bucket(account.s3, places.bucket).read_json(folder.heartbeat_key)
    return metrics_in(report or {})
