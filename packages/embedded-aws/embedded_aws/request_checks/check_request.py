"""Finds all violations in a request, in any protocol."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.serialize import create_serializer

from embedded_aws.request_checks.constraints import find_violations
from embedded_aws.request_checks.raw_json import find_raw_violations
from embedded_aws.request_checks.read_request import ReadRequest
from embedded_aws.request_checks.violations import Violation, invalid, unknown

_OF_EVERY_QUERY = {"Action", "Version"}


def check_request(read: ReadRequest) -> list[Violation]:
    """Return what AWS's model of the operation refuses in a request; empty if it is valid."""
    if read.operation.input_shape is None:
        return []
    violations = list(_raw_violations(read))
    if violations:
        return violations
    try:
        params = read.params
    except (ValueError, TypeError, AttributeError) as error:
        return [invalid("", error, "Members must be of the types of the model")]
    return [*find_violations(read.operation.input_shape, params), *_unknown_fields(read, params)]


def _raw_violations(read: ReadRequest) -> Iterator[Violation]:
    if read.protocol not in ("json", "rest-json") or not read.body:
        return
    shape = read.operation.input_shape
    payload = shape.serialization.get("payload")
    if payload is not None:
        shape = shape.members[payload]
        if shape.type_name in ("blob", "string"):
            return
    try:
        value = json.loads(read.body)
    except ValueError as error:
        yield invalid("", error, "The body must be JSON")
        return
    yield from find_raw_violations(shape, value)


def _unknown_fields(read: ReadRequest, params: dict[str, Any]) -> Iterator[Violation]:
    """Yield the fields of a form that the model does not have."""
    if read.protocol not in ("query", "ec2"):
        return
    serializer = create_serializer(read.protocol, include_validation=False)
    known = serializer.serialize_to_request(params, read.operation)["body"]
    for name, value in read.request.form.items():
        if name not in known and name not in _OF_EVERY_QUERY:
            yield unknown(name, value)
