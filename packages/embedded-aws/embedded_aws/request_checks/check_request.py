"""All faults of one request, whatever protocol it came in."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.serialize import create_serializer

from embedded_aws.request_checks.constraints import find_faults
from embedded_aws.request_checks.faults import Fault, invalid, unknown
from embedded_aws.request_checks.raw_json import find_raw_faults
from embedded_aws.request_checks.read_request import ReadRequest

_OF_EVERY_QUERY = {"Action", "Version"}


def check_request(read: ReadRequest) -> list[Fault]:
    """Return what AWS's model of the operation refuses in a request; empty where it is sound."""
    if read.operation.input_shape is None:
        return []
    faults = list(_faults_as_it_came(read))
    if faults:
        return faults
    try:
        params = read.params
    except (ValueError, TypeError, AttributeError) as error:
        return [invalid("", error, "Members must be of the types of the model")]
    return [*find_faults(read.operation.input_shape, params), *_unknown_fields(read, params)]


def _faults_as_it_came(read: ReadRequest) -> Iterator[Fault]:
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
    yield from find_raw_faults(shape, value)


def _unknown_fields(read: ReadRequest, params: dict[str, Any]) -> Iterator[Fault]:
    """Yield the fields of a form that are no part of what the model reads in it."""
    if read.protocol not in ("query", "ec2"):
        return
    serializer = create_serializer(read.protocol, include_validation=False)
    known = serializer.serialize_to_request(params, read.operation)["body"]
    for name, value in read.request.form.items():
        if name not in known and name not in _OF_EVERY_QUERY:
            yield unknown(name, value)
