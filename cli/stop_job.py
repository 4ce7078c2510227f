"""Asks a job to end: a stop wish, and a wake so that its run sees the wish at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.executions import Executions
from parris.aws.jobs_table import JobsTable
from parris.moments import format_moment

if TYPE_CHECKING:
    from datetime import datetime

    from cli.account import Account


def wish_stop(account: Account, training_job_name: str, execution_arn: str, now: datetime) -> bool:
    """Set the stop wish and return whether the job is there to see it.

    False means that the name is not this run's: it has not begun yet, or it is over.
    """
    table = JobsTable(account.dynamodb, account.deployment.jobs_table)
    item = table.wake(training_job_name, execution_arn, {"stop_requested_at": format_moment(now)})
    if item is None:
        return False
    if item.task_token is not None:
        Executions(account.stepfunctions).end_sleep(item.task_token)
    return True
