"""Asks a job to end: the deployment's wake function notes the wish and ends the run's sleep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.errors import AwsUnavailableError
from parris.payloads import maybe_text_in
from parris.timestamps import format_moment

if TYPE_CHECKING:
    from datetime import datetime

    from parris.payloads import Payload
    from parris_cli.account.clients import Account


def request_stop(
    account: Account, training_job_name: str, execution_arn: str, now: datetime
) -> bool:
    """Set the stop wish and return whether the job is there to see it.

    False means that the name is not this run's: it has not begun yet, or it is over.

    Raises:
        AwsUnavailableError: when the wake function failed.
    """
    wish = {**_wish(training_job_name, now), "execution_arn": execution_arn}
    return bool(_wake(account, wish)["was_told"])


def request_stop_by_name(account: Account, training_job_name: str, now: datetime) -> str | None:
    """Set the stop wish for whichever run holds the name, and return its ARN.

    None means that no run holds the name.

    Raises:
        AwsUnavailableError: when the wake function failed.
    """
    return maybe_text_in(_wake(account, _wish(training_job_name, now)), "execution_arn")


def _wish(training_job_name: str, now: datetime) -> Payload:
    return {
        "training_job_name": training_job_name,
        "wish": "stop",
        "wished_at": format_moment(now),
    }


@translates_errors
def _wake(account: Account, wish: Payload) -> Payload:
    answer = account.functions.invoke(
        FunctionName=account.deployment.wake_function, Payload=json.dumps(wish)
    )
    body = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise AwsUnavailableError(f"the wish to end could not be told: {body}")
    told: Payload = json.loads(body)
    return told
