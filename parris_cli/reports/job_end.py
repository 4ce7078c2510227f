"""How an execution ended, and its run record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.payloads import Payload, maybe_text_in, part_of
from parris.timestamps import parse_timestamp
from parris_cli.aws_errors import AWS_ERRORS, describe_error
from parris_cli.following.history import read_output

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.following.history import ExecutionEnd


@dataclass(frozen=True, slots=True)
class End:
    """How an execution ended. `outcome` is empty if the run wrote no record.

    `problem` says why the record could not be read; `is_outcome_unknown` is whether time and cost
    are therefore unknown.
    """

    execution_status: str
    reason: str | None
    cause: str
    outcome: Payload
    job_prefix: str | None
    history_events: int
    script_ended_at: datetime | None = None
    problem: str = ""
    is_outcome_unknown: bool = False


def read_end(
    account: Account, execution: ExecutionEnd, job_prefix: str | None, history_events: int
) -> End:
    """Return how an execution that is over ended.

    Args:
        account: the account that it ran in.
        execution: its end according to Step Functions.
        job_prefix: the job's folder in the training bucket; None if it never became a job.
        history_events: the number of events of its history.
    """
    record: Payload = {}
    problem = ""
    if job_prefix is not None:
        try:
            bucket = Bucket(account.s3, account.deployment.bucket)
            record = bucket.read_json(f"{job_prefix}/record.json") or {}
        except (*AWS_ERRORS, ValueError) as err:
            problem = f"the run record could not be read: {describe_error(err)}"
    return _end(execution, job_prefix, history_events, record, problem)


def end_without_record(execution: ExecutionEnd, job_prefix: str | None, history_events: int) -> End:
    """Return how an execution ended without reading its record."""
    problem = "" if job_prefix is None else "the run record was not read"
    return _end(execution, job_prefix, history_events, {}, problem)


def _end(
    execution: ExecutionEnd,
    job_prefix: str | None,
    history_events: int,
    record: Payload,
    problem: str,
) -> End:
    outcome = read_output(execution.output) or part_of(record, "outcome")
    reason = outcome.get("reason") or execution.error or None
    ended_at = maybe_text_in(part_of(record, "cleanup"), "script_ended_at")
    return End(
        execution_status=execution.status,
        reason=None if reason is None else str(reason),
        cause=execution.cause or str(outcome.get("cause") or ""),
        outcome=outcome,
        job_prefix=job_prefix,
        history_events=history_events,
        script_ended_at=None if ended_at is None else parse_timestamp(ended_at),
        problem=problem,
        is_outcome_unknown=bool(problem) and not outcome,
    )
