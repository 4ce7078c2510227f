"""Denial responses, with the code and the form that each service's clients understand."""

import json
import uuid
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from moto.core.utils import get_service_model

from embedded_aws.request_checks.read_request import model_name_of

_XML = "text/xml"
_FORBIDDEN = "403 FORBIDDEN"
_BAD_REQUEST = "400 BAD REQUEST"
_DENIED = "denied"
_NOBODY = "nobody"
_UNSIGNED = "unsigned"
_BADLY_SIGNED = "badly signed"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response."""

    status: str
    content_type: str
    body: bytes
    error_type: str = ""


_TOO_MANY_REQUESTS = ("lambda", "batch")


def denial(service: str, message: str) -> Answer:
    """Return the response to a known principal that may not do this."""
    codes = _CODES[_DENIED]
    if service == "sns":
        codes = {**codes, "query": "AuthorizationError"}
    return _answer(service, codes, message)


def unknown_key(service: str, message: str) -> Answer:
    """Return the response to an unknown access key."""
    return _answer(service, _CODES[_NOBODY], message)


def unsigned(service: str, message: str) -> Answer:
    """Return the response to a request without a signature."""
    return _answer(service, _CODES[_UNSIGNED], message)


def badly_signed(service: str, message: str) -> Answer:
    """Return the response to a signature that does not match the key's secret."""
    return _answer(service, _CODES[_BADLY_SIGNED], message)


def expired(service: str) -> Answer:
    """Return the response to an expired access key.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and for the others
    what makes their SDKs renew credentials: https://github.com/boto/botocore.
    """
    message = "The security token included in the request is expired"
    if service == "ec2":
        message = "Request has expired."
    elif service == "s3":
        message = "The provided token has expired."
    answer = _answer(service, dict(zip(_PROTOCOLS, _EXPIRED, strict=True)), message)
    return replace(answer, status=_BAD_REQUEST) if service in ("s3", "ec2") else answer


def throttled(service: str) -> Answer:
    """Return the response to a throttled caller.

    Sources: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
    """
    codes = {**dict.fromkeys(_PROTOCOLS, "ThrottlingException"), **_TOO_OFTEN}
    if service in _TOO_MANY_REQUESTS:
        codes["rest-json"] = "TooManyRequestsException"
    answer = _answer(service, codes, "Rate exceeded")
    if service == "s3":
        return replace(answer, status="503 SLOW DOWN")
    is_429 = service in _TOO_MANY_REQUESTS
    return replace(answer, status="429 TOO MANY REQUESTS") if is_429 else answer


def unavailable(service: str) -> Answer:
    """Return the response of a service with an internal error."""
    codes = dict(zip(_PROTOCOLS, _FAILS, strict=True))
    return replace(_answer(service, codes, "Try again."), status="500 INTERNAL SERVER ERROR")


def broken_off(service: str) -> Answer:
    """Return the response that represents a broken connection in the engine's error messages."""
    codes = dict.fromkeys(_PROTOCOLS, "SdkClientException")
    answer = _answer(service, codes, "Unable to execute HTTP request: Read timed out")
    return replace(answer, status="500 INTERNAL SERVER ERROR")


def not_modelled(service: str, message: str) -> Answer:
    """Return the response to a request that the embedded AWS cannot decide: a refusal."""
    code = "NotModelledByEmbeddedAws"
    return _answer(service, dict.fromkeys(_PROTOCOLS, code), f"the embedded AWS: {message}")


_PROTOCOLS = ("json", "rest-json", "query", "ec2", "rest-xml")
_EXPIRED = (
    "ExpiredTokenException",
    "ExpiredTokenException",
    "ExpiredToken",
    "RequestExpired",
    "ExpiredToken",
)
_TOO_OFTEN = {"query": "Throttling", "ec2": "RequestLimitExceeded", "rest-xml": "SlowDown"}
_FAILS = (
    "InternalServerError",
    "ServiceException",
    "ServiceUnavailable",
    "InternalError",
    "InternalError",
)
_CODES = {
    _DENIED: dict(
        zip(
            _PROTOCOLS,
            (
                "AccessDeniedException",
                "AccessDeniedException",
                "AccessDenied",
                "UnauthorizedOperation",
                "AccessDenied",
            ),
            strict=True,
        )
    ),
    _NOBODY: dict(
        zip(
            _PROTOCOLS,
            (
                "UnrecognizedClientException",
                "UnrecognizedClientException",
                "InvalidClientTokenId",
                "AuthFailure",
                "InvalidAccessKeyId",
            ),
            strict=True,
        )
    ),
    _UNSIGNED: dict(
        zip(
            _PROTOCOLS,
            (
                "MissingAuthenticationTokenException",
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
                "AuthFailure",
                "AccessDenied",
            ),
            strict=True,
        )
    ),
    _BADLY_SIGNED: dict(
        zip(
            _PROTOCOLS,
            (
                "InvalidSignatureException",
                "InvalidSignatureException",
                "SignatureDoesNotMatch",
                "AuthFailure",
                "SignatureDoesNotMatch",
            ),
            strict=True,
        )
    ),
}


def _answer(service: str, codes: dict[str, str], message: str) -> Answer:
    protocol = _protocol_of(service)
    code, request_id = codes[protocol], uuid.uuid4()
    text, tag = escape(message), f"<Code>{codes[protocol]}</Code>"
    if protocol == "json":
        body = json.dumps({"__type": code, "message": message})
        return Answer(_BAD_REQUEST, "application/x-amz-json-1.1", body.encode(), code)
    if protocol == "rest-json":
        body = json.dumps({"Message": message})
        return Answer(_FORBIDDEN, "application/json", body.encode(), code)
    if protocol == "ec2":
        if code == _CODES[_DENIED]["ec2"]:
            text = f"You are not authorized to perform this operation. {text}"
        error = f"<Errors><Error>{tag}<Message>{text}</Message></Error></Errors>"
        body = f"<Response>{error}<RequestID>{request_id}</RequestID></Response>"
    elif protocol == "rest-xml":
        body = f"<Error>{tag}<Message>{text}</Message><RequestId>{request_id}</RequestId></Error>"
    else:
        error = f"<Error><Type>Sender</Type>{tag}<Message>{text}</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return Answer(_FORBIDDEN, _XML, f'<?xml version="1.0"?>{body}'.encode())


def _protocol_of(service: str) -> str:
    try:
        model = get_service_model(model_name_of(service))
    except Exception:  # a service that botocore does not know by this name
        return "json"
    # CloudWatch has several protocols; clients without botocore use the oldest.
    return str(model.protocol if model.protocol in _PROTOCOLS else model.metadata["protocols"][-1])
