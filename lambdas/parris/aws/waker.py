"""Lambda: the wake function, which alone may end another run's sleep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.errors import AwsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_lambda import LambdaClient


class Waker:
    """Tells other runs what is wished of them."""

    def __init__(self, client: LambdaClient, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    @translates_errors
    def supersede(self, training_job_name: str, holder_arn: str, successor_arn: str) -> None:
        """Tell the run that holds the name that another takes its place.

        Raises:
            AwsUnavailableError: when the wake function failed.
        """
        wish = {
            "training_job_name": training_job_name,
            "execution_arn": holder_arn,
            "wish": "supersede",
            "superseded_by": successor_arn,
        }
        self._invoke(wish)

    @translates_errors
    def stop(self, training_job_name: str, execution_arn: str, wished_at: str) -> None:
        """Tell a run that somebody wants it to end.

        Raises:
            AwsUnavailableError: when the wake function failed.
        """
        wish = {
            "training_job_name": training_job_name,
            "execution_arn": execution_arn,
            "wish": "stop",
            "wished_at": wished_at,
        }
        self._invoke(wish)

    @translates_errors
    def look(self, training_job_name: str, execution_arn: str) -> None:
        """Tell a run to look at its machine now.

        Raises:
            AwsUnavailableError: when the wake function failed.
        """
        wish = {
            "training_job_name": training_job_name,
            "execution_arn": execution_arn,
            "wish": "look",
        }
        self._invoke(wish)

    def _invoke(self, wish: Mapping[str, str]) -> None:
        answer = self._client.invoke(FunctionName=self._function_name, Payload=json.dumps(wish))
        if "FunctionError" in answer:
            raise AwsUnavailableError(f"wake: {answer['Payload'].read().decode()}")
