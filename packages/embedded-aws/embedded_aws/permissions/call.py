"""A request as an operation of a service with its parameters."""

import functools
from dataclasses import dataclass
from typing import Any

from moto.core.request import Request

from embedded_aws.context import current
from embedded_aws.permissions.errors import NotModelledError
from embedded_aws.request_checks.read_request import ReadRequest, read_as

# Their bodies are user data of any size, and do not describe the request.
_BODY_IS_DATA = {"PutObject", "UploadPart", "Invoke"}


@dataclass(frozen=True)
class Call:
    """One request. `service` is the prefix of its actions: `states`, `dynamodb`."""

    service: str
    region: str
    read: ReadRequest

    @functools.cached_property
    def operation(self) -> str:
        """The operation's name in botocore's model."""
        return str(self.read.operation.name)

    @property
    def request(self) -> Request:
        """The request as moto reads it; its body may already have been read."""
        return self.read.request

    @property
    def path_params(self) -> dict[str, Any]:
        """The parameters in the path."""
        return self.read.url_params

    @property
    def params(self) -> dict[str, Any]:
        """The operation's parameters, by botocore's names."""
        if self.operation in _BODY_IS_DATA:
            return self.path_params
        return self.read.params

    def text(self, name: str) -> str:
        """Return a parameter as text, empty where it is absent."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def arn(self, rest: str, service: str = "") -> str:
        """Return the ARN of a resource of this account in the request's Region."""
        account_id = current().settings.account_id
        return f"arn:aws:{service or self.service}:{self.region}:{account_id}:{rest}"


def read_call(environ: dict[str, Any], service: str, region: str) -> Call:
    """Parse a request, and leave it readable.

    Raises:
        NotModelledError: when botocore's model of the service has no such operation.
    """
    read = read_as(environ, service)
    if read is None:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        raise NotModelledError(f"{asked} is not a known operation of {service}")
    return Call(service, region, read)
