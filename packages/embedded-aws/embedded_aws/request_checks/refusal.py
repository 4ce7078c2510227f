"""The answer to a request that has faults, with the code and in the form of its service."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.serialize import get_serializer_class

from embedded_aws.request_checks.faults import Fault, FaultKind
from embedded_aws.request_checks.read_request import ReadRequest

_CODES = {
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "query": "ValidationError",
    "rest-xml": "InvalidArgument",
}
_SERVICE_CODES = {"logs": "InvalidParameterException", "sns": "InvalidParameter"}
_EC2_CODES = {
    FaultKind.MISSING: "MissingParameter",
    FaultKind.UNKNOWN: "UnknownParameter",
    FaultKind.INVALID: "InvalidParameterValue",
}


class RequestRefusedError(ServiceException):
    """What moto's serialiser writes; a class of ours, since it looks for moto's in its models."""


def refuse(
    read: ReadRequest, faults: Sequence[Fault], environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Answer 400 with all faults."""
    counted = "1 validation error" if len(faults) == 1 else f"{len(faults)} validation errors"
    message = f"{counted} detected: {'; '.join(map(str, faults))}"
    serializer = get_serializer_class(read.service, read.protocol)(read.operation)
    answer = serializer.serialize(RequestRefusedError(_code(read, faults[0]), message))
    content = answer["body"]
    body = content.encode() if isinstance(content, str) else content
    headers = {
        **answer["headers"],
        "x-amzn-requestid": str(uuid.uuid4()),
        "Content-Length": str(len(body)),
    }
    start_response("400 BAD REQUEST", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _code(read: ReadRequest, fault: Fault) -> str:
    if read.protocol == "ec2":
        return _EC2_CODES[fault.kind]
    return _SERVICE_CODES.get(read.service, _CODES[read.protocol])
