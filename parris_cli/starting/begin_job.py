"""Starts a job such that the caller knows afterwards whether it is running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translated
from parris_cli.aws_errors import AWS_ERRORS, describe_error, is_temporary
from parris_cli.errors import InterruptedByUserError, RefusedError
from parris_cli.starting.start_job import StartedJob, prepare_job, start_prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.starting.start_job import PreparedJob
    from parris_cli.terminal.interrupts import Interrupts


@dataclass(frozen=True, slots=True)
class Begun:
    """A requested job. `doubt` says why it may not have been started, empty if it was."""

    started: StartedJob
    doubt: str = ""


def begin_job(account: Account, files: JobFiles, interrupts: Interrupts) -> Begun:
    """Upload a job's files and start it.

    Raises:
        RefusedError: when AWS refused to start it, and nothing is running.
        InterruptedByUserError: before anything was started.
    """
    return begin(account, lambda now: prepare_job(account, files, now), interrupts)


def begin(
    account: Account, prepare: Callable[[datetime], PreparedJob], interrupts: Interrupts
) -> Begun:
    """Start a job once its files are in the bucket.

    Args:
        account: the account to start it in.
        prepare: uploads its files; it is given the timestamp for the job id.
        interrupts: the user's signals.

    Raises:
        RefusedError: when AWS refused to start it, and nothing is running.
        InterruptedByUserError: before anything was started.
    """
    now = datetime.now(UTC)
    try:
        with interrupts.at_once():
            prepared = prepare(now)
    except (*AWS_ERRORS, OSError) as err:
        message = f"its files could not be uploaded to s3://{account.deployment.bucket}/"
        raise RefusedError(f"{message}: {describe_error(err)}", reason=None) from err
    unseen = StartedJob(prepared.job_id, prepared.execution_arn, now)
    try:
        with interrupts.held():
            started = _start(account, prepared)
    except InterruptedByUserError:
        return Begun(unseen, "interrupted while it was being started")
    return (
        Begun(unseen, "AWS did not confirm that it was started")
        if started is None
        else Begun(started)
    )


def _start(account: Account, job: PreparedJob) -> StartedJob | None:
    """Start it, and return None if AWS does not say whether it was started."""
    try:
        return start_prepared(account, job)
    except (*AWS_ERRORS, OSError) as err:
        if not _may_have_arrived(err):
            raise RefusedError(f"AWS did not start it: {describe_error(err)}", reason=None) from err
    try:
        found = account.stepfunctions.describe_execution(executionArn=job.execution_arn)
    except ClientError as err:
        if code_of(err) == "ExecutionDoesNotExist":
            raise RefusedError("AWS did not start it, and gave no reason", reason=None) from err
        return None
    except AWS_ERRORS:
        return None
    return StartedJob(job.job_id, job.execution_arn, found["startDate"])


def _may_have_arrived(err: Exception) -> bool:
    """Return whether the request may have taken effect despite the error."""
    if isinstance(err, ClientError):
        return translated(err) is not None and is_temporary(err)
    return True
