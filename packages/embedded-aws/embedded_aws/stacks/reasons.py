"""CloudFormation's messages about why a resource failed."""

import uuid

from moto.ec2.exceptions import EC2ClientError


class PlainReasonError(Exception):
    """A resource failed, and this is the complete ResourceStatusReason."""


def error_code(error: Exception) -> str:
    """Return the AWS error code of a moto exception."""
    for attribute in ("error_type", "code", "error_code"):
        value = getattr(error, attribute, None)
        if isinstance(value, str) and value:
            return value
    return type(error).__name__


def error_reason(error: Exception) -> str:
    """Return a ResourceStatusReason as CloudFormation's resource handlers write it."""
    if isinstance(error, PlainReasonError):
        return str(error)
    message = getattr(error, "message", None) or str(error)
    status_code = getattr(error, "code", None)
    if not isinstance(status_code, int):
        status_code = getattr(error, "status_code", 400)
    if isinstance(error, EC2ClientError):
        return _words_of_ec2(str(message))
    handler_code = getattr(error, "handler_error_code", "GeneralServiceException")
    return (
        f'Resource handler returned message: "{message} (Status Code: {status_code}; '
        f'Error Code: {error_code(error)}; Request ID: {uuid.uuid4()})" '
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {handler_code})"
    )


def _words_of_ec2(message: str) -> str:
    # EC2's handlers include its message and omit its error code.
    return (
        f'Resource handler returned message: "{message} (Service: Ec2, Status Code: 400, '
        f'Request ID: {uuid.uuid4()}) (SDK Attempt Count: 1)" '
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: InvalidRequest)"
    )
