"""Asks a job to end: the deployment's wake function notes the wish and ends the run's sleep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.errors import AwsUnavailableError
from parris.moments import format_moment

if TYPE_CHECKING:
    from datetime import datetime

    from cli.account import Account
    from parris.payloads import Payload


def stop_wish(training_job_name: str, execution_arn: str, now: datetime) -> Payload:
    """Return what the wake function is told."""
    return {
        "training_job_name": training_job_name,
        "execution_arn": execution_arn,
        "wish": "stop",
        "wished_at": format_moment(now),
    }


def wish_stop(account: Account, training_job_name: str, execution_arn: str, now: datetime) -> bool:
    """Set the stop wish and return whether the job is there to see it.

    False means that the name is not this run's: it has not begun yet, or it is over.

    Raises:
        AwsUnavailableError: when the wake function failed.
    """
    answer = account.functions.invoke(
        FunctionName=account.deployment.wake_function,
        Payload=json.dumps(stop_wish(training_job_name, execution_arn, now)),
    )
    body = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise AwsUnavailableError(f"the wish to end could not be told: {body}")
    return bool(json.loads(body)["was_told"])
