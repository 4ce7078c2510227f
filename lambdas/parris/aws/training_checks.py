"""Lambda: ValidateConfig, which checks the training config of a sweep as that of a job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from parris.aws.translate_errors import translates_errors
from parris.errors import AwsUnavailableError, ConfigInvalidError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from parris.payloads import Payload


class TrainingChecks:
    """Checks training configs with the function ValidateConfig of this deployment."""

    def __init__(self, client: LambdaClient, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    @translates_errors
    def check(self, event: Payload) -> Payload:
        """Return the job and the quote of a config.

        Args:
            event: of the function; `stores_nothing` is added.

        Raises:
            ConfigInvalidError: with all violations.
            AwsUnavailableError: if the config cannot be checked now.
        """
        response = self._client.invoke(
            FunctionName=self._function_name,
            Payload=json.dumps({**event, "stores_nothing": True}),
        )
        result = cast("Payload", json.loads(response["Payload"].read()))
        if "FunctionError" not in response:
            return result
        message = str(result.get("errorMessage"))
        if result.get("errorType") == ConfigInvalidError.__name__:
            raise ConfigInvalidError(message)
        name = result.get("errorType")
        raise AwsUnavailableError(f"the config cannot be checked now: {message} ({name})")
