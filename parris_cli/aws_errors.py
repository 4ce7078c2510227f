"""Describes AWS errors to people: expired credentials, a missing permission, anything else."""

from __future__ import annotations

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from parris.aws.translate_errors import code_of, message_of, translated
from parris.errors import (
    AwsDeniedError,
    AwsThrottledError,
    AwsUnavailableError,
    ParrisError,
)
from parris_cli.account.session import embedded_endpoint
from parris_cli.errors import CommandError

AWS_ERRORS = (ParrisError, ClientError, BotoCoreError, Boto3Error)
"""Any error of an AWS call, translated or not."""

_PASSING = (AwsThrottledError, AwsUnavailableError)
# The error codes of several services for expired, unknown or wrongly signed credentials.
_EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "RequestExpired",
        "InvalidToken",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "UnrecognizedClientException",
        "UnrecognizedClient",
        "AuthFailure",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "RequestTimeTooSkewed",
    }
)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)


def is_expired(err: BaseException) -> bool:
    """Return whether the credentials have become invalid, for this call and any other."""
    return isinstance(err, _NO_CREDENTIALS) or (
        isinstance(err, ClientError) and code_of(err) in _EXPIRED
    )


def is_denied(err: BaseException) -> bool:
    """Return whether the credentials lack a permission that the call needs."""
    ours = translated(err) if isinstance(err, ClientError) else err
    return isinstance(ours, AwsDeniedError)


def is_temporary(err: BaseException) -> bool:
    """Return whether the same call may succeed a little later."""
    ours = translated(err) if isinstance(err, ClientError) else err
    return isinstance(ours, _PASSING)


def describe_error(err: BaseException) -> str:
    """Return what happened and what to do about it, without a full stop."""
    if is_expired(err):
        return f"the AWS credentials are invalid or expired ({_message_of(err)}); {_renewal()}"
    if isinstance(err, NoRegionError):
        return "no AWS Region is set; run `export AWS_REGION=eu-west-1`, or `aws configure`"
    if isinstance(err, (EndpointConnectionError, ConnectionClosedError)) and embedded_endpoint():
        return (
            f"no embedded AWS responds at {embedded_endpoint()}; start one with `parris aws up`, or"
            " run `unset AWS_ENDPOINT_URL` and use the credentials of your account"
        )
    if is_denied(err):
        message = _message_of(err)
        return f"the AWS credentials lack a permission ({message}); ask your administrator for it"
    if is_temporary(err):
        return f"AWS did not respond as expected ({_message_of(err)}); try again"
    if isinstance(err, (*AWS_ERRORS, CommandError, OSError)):
        return _message_of(err)
    return f"an internal error of parris, {type(err).__name__}: {err}"


def _renewal() -> str:
    if embedded_endpoint():
        # Each start of an embedded AWS makes a new key.
        return (
            f"{embedded_endpoint()} is an embedded AWS, and the shell does not have its key: run"
            ' `eval "$(parris aws env)"`, with --port if it is not the default port'
        )
    return "renew them, for instance with `aws sso login` or `aws configure`"


def _message_of(err: BaseException) -> str:
    if isinstance(err, ClientError):
        return f"{err.operation_name}: {code_of(err)}: {message_of(err)}".rstrip(": ")
    if isinstance(err, OSError):
        return f"{err.filename}: {err.strerror}" if err.filename else err.strerror or str(err)
    return str(err).rstrip(".") or type(err).__name__
