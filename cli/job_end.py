"""How an execution ended, and what its run says of that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from parris.aws.bucket import Bucket
from parris.payloads import Payload, part_of

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from cli.account import Account
    from parris.job import Job


@dataclass(frozen=True, slots=True)
class End:
    """How an execution ended. `outcome` is empty where the run came to no record."""

    execution_status: str
    reason: str | None
    cause: str
    outcome: Payload
    job_prefix: str | None
    history_events: int


def read_end(
    account: Account,
    execution: DescribeExecutionOutputTypeDef,
    job: Job | None,
    history_events: int,
) -> End:
    """Return how an execution that is over ended.

    Args:
        account: where it ran.
        execution: its description.
        job: what ValidateConfig made of the config; None where it came to none.
        history_events: how many its history has.
    """
    outcome: Payload = {}
    if "output" in execution:
        outcome = cast("Payload", json.loads(execution["output"]))
    elif job is not None:
        bucket = Bucket(account.s3, account.deployment.bucket)
        record = bucket.read_json(job.folder.record_key)
        outcome = part_of(record or {}, "outcome")
    reason = outcome.get("reason") or execution.get("error")
    cause = execution.get("cause") or outcome.get("cause")
    return End(
        execution_status=execution["status"],
        reason=None if reason is None else str(reason),
        cause=str(cause or ""),
        outcome=outcome,
        job_prefix=None if job is None else job.folder.prefix,
        history_events=history_events,
    )
