"""Translates AWS error codes into Parris's errors. Unknown codes are passed on unchanged."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from parris.errors import AwsDeniedError, AwsThrottledError, AwsUnavailableError, ParrisError

P = ParamSpec("P")
R = TypeVar("R")

_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "RequestThrottled",
        "RequestThrottledException",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
    }
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "Client.UnauthorizedOperation",
        "UnauthorizedException",
        "NotAuthorized",
        "403",
    }
)
_UNAVAILABLE = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InternalErrorException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Unavailable",
        "RequestTimeout",
        "RequestTimeoutException",
        "500",
        "502",
        "503",
        "504",
    }
)
_SERVER_ERROR_STATUS = 500


def code_of(err: ClientError) -> str:
    """Return the AWS error code, e.g. `ValidationError`."""
    return err.response.get("Error", {}).get("Code", "")


def message_of(err: ClientError) -> str:
    """Return the AWS error message."""
    return err.response.get("Error", {}).get("Message", "")


def translated(err: ClientError) -> ParrisError | None:
    """Return Parris's error for an AWS error, or None if the code has no counterpart."""
    code, message = code_of(err), f"{err.operation_name}: {message_of(err)}"
    status = err.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED:
        return AwsThrottledError(message)
    if code in _DENIED:
        return AwsDeniedError(message)
    if code in _UNAVAILABLE or status >= _SERVER_ERROR_STATUS:
        return AwsUnavailableError(message)
    return None


def translates_errors(call: Callable[P, R]) -> Callable[P, R]:
    """Decorate a gateway method so that it raises Parris's errors for known AWS errors."""

    @wraps(call)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except ClientError as err:
            ours = translated(err)
            if ours is None:
                raise
            raise ours from err
        except (BotoConnectionError, HTTPClientError) as err:
            raise AwsUnavailableError(str(err)) from err

    return wrapper
