"""Lambda: the wake function, the only function that may end another run's sleep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.error_text import message_in
from parris.errors import AwsUnavailableError
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from parris.payloads import Payload
    from parris.recovery.reaper import Silence


class RunSignals:
    """Sends requests to runs through the wake function."""

    def __init__(self, client: LambdaClient, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    @translates_errors
    def supersede(self, training_job_name: str, holder_arn: str, successor_arn: str) -> None:
        """Request that the run that holds the name ends, because a successor replaces it.

        Raises:
            AwsUnavailableError: if the wake function failed.
        """
        self._request("supersede", training_job_name, holder_arn, superseded_by=successor_arn)

    @translates_errors
    def stop(self, training_job_name: str, execution_arn: str, requested_at: str) -> bool:
        """Request that a run ends, and return whether it holds the name, so that it is notified.

        Raises:
            AwsUnavailableError: if the wake function failed.
        """
        request = {"requested_at": requested_at}
        return self._request("stop", training_job_name, execution_arn, **request)

    @translates_errors
    def request_check(self, training_job_name: str, execution_arn: str) -> None:
        """Request that a run checks its machine now.

        Raises:
            AwsUnavailableError: if the wake function failed.
        """
        self._request("check", training_job_name, execution_arn)

    @translates_errors
    def check_silence(self, training_job_name: str, execution_arn: str, silence: Silence) -> None:
        """Request that a run checks its machine, because the last heartbeat is old.

        Raises:
            AwsUnavailableError: if the wake function failed.
        """
        since, number = format_timestamp(silence.since), str(silence.number)
        self._request(
            "check", training_job_name, execution_arn, silent_since=since, silences=number
        )

    @translates_errors
    def repeat_report(self, key: str) -> None:
        """Repeat S3's event of a runner's report, which was lost, or which the bucket did not send.

        Raises:
            AwsUnavailableError: if the wake function failed.
        """
        self._invoke({"source": "aws.s3", "detail": {"object": {"key": key}}})

    def _request(
        self, request: str, training_job_name: str, execution_arn: str, **more: str
    ) -> bool:
        about: Payload = {"training_job_name": training_job_name, "execution_arn": execution_arn}
        return self._invoke({**about, "request": request, **more})

    def _invoke(self, payload: Payload) -> bool:
        response = self._client.invoke(
            FunctionName=self._function_name, Payload=json.dumps(payload)
        )
        result = response["Payload"].read()
        if "FunctionError" in response:
            raise AwsUnavailableError(f"the wake function failed: {message_in(result.decode())}")
        return bool(json.loads(result)["was_notified"])
