"""Asks a job to end: a stop wish that its own run sees at its next look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.moments import format_moment

if TYPE_CHECKING:
    from datetime import datetime

    from cli.account import Account


def wish_stop(account: Account, training_job_name: str, execution_arn: str, now: datetime) -> bool:
    """Set the stop wish and return whether the job is there to see it.

    False means that the name is not this run's: it has not begun yet, or it is over.
    """
    try:
        account.dynamodb.update_item(
            TableName=account.deployment.jobs_table,
            Key={"item": {"S": f"job#{training_job_name}"}},
            UpdateExpression="SET stop_requested_at = :now",
            ConditionExpression="execution_arn = :me",
            ExpressionAttributeValues={
                ":now": {"S": format_moment(now)},
                ":me": {"S": execution_arn},
            },
        )
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
            return False
        raise
    return True
