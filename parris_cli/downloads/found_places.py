"""Where the files of a run are that was found by its name or its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.job import Job
from parris.payloads import part_of
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.downloads.job_places import find_places
from parris_cli.errors import RefusedError
from parris_cli.following.history import History

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.downloads.job_places import JobPlaces
    from parris_cli.following.find_started import FoundJob


def places_of(account: Account, found: FoundJob) -> JobPlaces:
    """Return where the files of a run are, running or ended.

    Raises:
        RefusedError: when it never became a job.
    """
    prefix = _prefix_in_history(account, found)
    if prefix is None and found.name is not None:
        prefix = f"jobs/{found.name}/{found.job_id}"
    if prefix is None:
        raise RefusedError(f"{found.job_id} never became a job, so it has no results and no log")
    bucket = Bucket(account.s3, account.deployment.bucket)
    record = bucket.read_json(f"{prefix}/record.json") or {}
    return find_places(account, prefix, part_of(record, "outcome"))


def _prefix_in_history(account: Account, found: FoundJob) -> str | None:
    """Return the job's folder according to the run's history, None if the history has none."""
    if found.started is None:
        return None
    history = History(account.stepfunctions, found.started.execution_arn)
    try:
        transitions = history.new_transitions()
    except AWS_ERRORS:
        return None
    jobs = [part_of(one.output, "job") for one in transitions]
    named = [Job.from_payload(one) for one in jobs if one]
    return named[-1].folder.prefix if named else None
