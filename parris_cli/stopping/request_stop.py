"""Requests a stop: the deployment's wake function notes the request and wakes the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.error_text import message_in
from parris.errors import AwsUnavailableError
from parris.payloads import maybe_text_in
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.payloads import Payload
    from parris_cli.account.clients import Account


def request_stop(
    account: Account, training_job_name: str, execution_arn: str, now: datetime
) -> bool:
    """Request a stop and return whether the run holds its name, so that it gets the request.

    False means that this run does not hold the name: it has not begun yet, or it has ended.

    Raises:
        AwsUnavailableError: when the wake function failed.
    """
    request = {**_request(training_job_name, now), "execution_arn": execution_arn}
    return bool(_wake(account, request)["was_notified"])


def request_stop_by_name(account: Account, training_job_name: str, now: datetime) -> str | None:
    """Request a stop of the run that holds the name, and return its ARN.

    None means that no run holds the name.

    Raises:
        AwsUnavailableError: when the wake function failed.
    """
    return maybe_text_in(_wake(account, _request(training_job_name, now)), "execution_arn")


def _request(training_job_name: str, now: datetime) -> Payload:
    return {
        "training_job_name": training_job_name,
        "request": "stop",
        "requested_at": format_timestamp(now),
    }


@translates_errors
def _wake(account: Account, request: Payload) -> Payload:
    response = account.functions.invoke(
        FunctionName=account.deployment.wake_function, Payload=json.dumps(request)
    )
    body = response["Payload"].read().decode()
    if "FunctionError" in response:
        raise AwsUnavailableError(f"the stop request failed: {message_in(body)}")
    result: Payload = json.loads(body)
    return result
