"""Parses an incoming request into its operation and parameters."""

import functools
import io
import re
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

_SIGNED = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
# Parsed once for each request.
_READ = "embedded_aws.read_request"
# Signing names that differ from botocore's service names.
_MODEL_NAMES = {
    "states": "stepfunctions",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
}


@dataclass(frozen=True)
class ReadRequest:
    """A requested operation. `body` is empty if it is a stream of user data."""

    operation: Any
    protocol: str
    request: Request
    url_params: dict[str, Any]
    body: bytes

    @property
    def service(self) -> str:
        """Return botocore's name of the service."""
        return str(self.operation.service_model.service_name)

    @functools.cached_property
    def params(self) -> dict[str, Any]:
        """The parameters as botocore's clients take them.

        Raises:
            ValueError: when something is not of the type that the model has.
        """
        parser = PROTOCOL_PARSERS[self.protocol](self.operation)
        parsed: dict[str, Any] = parser.parse(
            {
                "method": self.request.method,
                "values": self.request.values,
                "headers": self.request.headers,
                "body": self.body,
                "url_path": self.request.path,
                "url_params": self.url_params,
            }
        )
        return parsed


def read_request(environ: dict[str, Any]) -> ReadRequest | None:
    """Parse a request, and leave it readable for later readers.

    Returns:
        None if it is not signed by an AWS client, or not in any model of botocore.
    """
    signed = _SIGNED.search(environ.get("HTTP_AUTHORIZATION", ""))
    return None if signed is None else read_as(environ, signed[1])


def read_as(environ: dict[str, Any], service: str) -> ReadRequest | None:
    """Do the same for a request to a known service, given by its signing name."""
    known: dict[str, ReadRequest | None] = environ.setdefault(_READ, {})
    if service not in known:
        known[service] = _read(environ, model_name_of(service))
    return known[service]


def _read(environ: dict[str, Any], name: str) -> ReadRequest | None:
    try:
        model, router = get_service_model(name), get_service_router(name)
        is_in_url = str(model.protocol).startswith("rest-")
        body = b"" if is_in_url else buffered_body(environ)
        request = Request({**environ, "wsgi.input": io.BytesIO(body)})
        operation, url_params = router.match(request)
        protocol = determine_request_protocol(model, request.content_type)
    except (HTTPException, NotImplementedError, UnknownServiceError, ValueError):
        return None
    if is_in_url and not operation.has_streaming_input:
        body = buffered_body(environ)
    return ReadRequest(operation, protocol, request, url_params, body)


def model_name_of(service: str) -> str:
    """Return botocore's name of the service with this signing name."""
    return _MODEL_NAMES.get(service, service)


def buffered_body(environ: dict[str, Any]) -> bytes:
    """Return the body of a request, and leave it readable for later readers."""
    body = Request(dict(environ)).get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body
