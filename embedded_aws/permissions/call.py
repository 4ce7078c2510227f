"""What a request asks for: a service's operation and its parameters."""

import functools
import io
from dataclasses import dataclass, field
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from embedded_aws.context import current
from embedded_aws.permissions.errors import NotModelledError

# Where the name that a request is signed with is not that of botocore's model.
_MODEL_NAMES = {"states": "stepfunctions"}
# Their bodies are somebody's data, of any size, and say nothing of what is asked.
_BODY_IS_DATA = {"PutObject", "UploadPart", "Invoke"}


@dataclass(frozen=True)
class Call:
    """One request. `service` is the name that actions begin with: `states`, `dynamodb`."""

    service: str
    operation: str
    region: str
    request: Request
    path_params: dict[str, Any] = field(default_factory=dict)

    @functools.cached_property
    def params(self) -> dict[str, Any]:
        """The operation's parameters, by the names that botocore has for them."""
        if self.operation in _BODY_IS_DATA:
            return dict(self.path_params)
        model = get_service_model(_MODEL_NAMES.get(self.service, self.service))
        protocol = determine_request_protocol(model, self.request.content_type)
        parser = PROTOCOL_PARSERS[protocol](model.operation_model(self.operation))
        parsed: dict[str, Any] = parser.parse(
            {
                "method": self.request.method,
                "values": self.request.values,
                "headers": self.request.headers,
                "body": self.request.data,
                "url_path": self.request.path,
                "url_params": self.path_params,
            }
        )
        return parsed

    def text(self, name: str) -> str:
        """Return a parameter as text, empty where it is absent."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def arn(self, rest: str, service: str = "") -> str:
        """Return the ARN of a resource of this account in the request's Region."""
        account_id = current().settings.account_id
        return f"arn:aws:{service or self.service}:{self.region}:{account_id}:{rest}"


def read_call(environ: dict[str, Any], service: str, region: str) -> Call:
    """Return what a request asks for, and leave the request readable.

    Raises:
        NotModelledError: when it is no operation that botocore's model of the service has.
    """
    body = Request(environ).get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    try:
        router = get_service_router(_MODEL_NAMES.get(service, service))
        operation, path_params = router.match(request)
    except (NotFound, NotImplementedError, ValueError) as error:
        asked = f"{request.method} {request.path}"
        raise NotModelledError(f"{asked} is no operation of {service} that is known") from error
    return Call(service, operation.name, region, request, path_params)
