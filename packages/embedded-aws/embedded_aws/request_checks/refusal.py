"""The response to an invalid request, with the code and in the form of its service."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.serialize import get_serializer_class

from embedded_aws.request_checks.read_request import ReadRequest
from embedded_aws.request_checks.violations import Violation, ViolationKind

_CODES = {
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "query": "ValidationError",
    "rest-xml": "InvalidArgument",
}
_SERVICE_CODES = {"logs": "InvalidParameterException", "sns": "InvalidParameter"}
_EC2_CODES = {
    ViolationKind.MISSING: "MissingParameter",
    ViolationKind.UNKNOWN: "UnknownParameter",
    ViolationKind.INVALID: "InvalidParameterValue",
}


class RequestRefusedError(ServiceException):
    """The error for moto's serializer. Not a class of moto, which the serializer would look up."""


def refuse(
    read: ReadRequest, violations: Sequence[Violation], environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Respond with 400 and all violations."""
    counted = (
        "1 validation error" if len(violations) == 1 else f"{len(violations)} validation errors"
    )
    message = f"{counted} detected: {'; '.join(map(str, violations))}"
    serializer = get_serializer_class(read.service, read.protocol)(read.operation)
    answer = serializer.serialize(RequestRefusedError(_code(read, violations[0]), message))
    content = answer["body"]
    body = content.encode() if isinstance(content, str) else content
    headers = {
        **answer["headers"],
        "x-amzn-requestid": str(uuid.uuid4()),
        "Content-Length": str(len(body)),
    }
    start_response("400 BAD REQUEST", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _code(read: ReadRequest, violation: Violation) -> str:
    if read.protocol == "ec2":
        return _EC2_CODES[violation.kind]
    return _SERVICE_CODES.get(read.service, _CODES[read.protocol])
