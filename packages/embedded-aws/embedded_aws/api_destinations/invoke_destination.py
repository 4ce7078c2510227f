"""Sends a body to an API destination, as EventBridge does.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

import ssl
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from moto.events.models import events_backends
from moto.utilities.arns import parse_arn

_LONGEST_RESPONSE_SECONDS = 5.0
_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
    "Range": "bytes=0-1048575",
}


class InvocationFailedError(Exception):
    """The endpoint has responded with an error, or not in time.

    `status` is that of the response, None when there was none.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        """Store both."""
        super().__init__(message)
        self.status = status


class UnreachableError(Exception):
    """The endpoint could not be connected to."""


def find_destination(arn: str) -> Any:
    """Return moto's model of an API destination.

    Raises:
        InvocationFailedError: when it does not exist.
    """
    return _find(_backend(arn).destinations, arn)


def invoke_destination(arn: str, body: str) -> None:
    """Send a body to the endpoint of an API destination, with its connection's key.

    Certificates are verified; `SSL_CERT_FILE` names those that are trusted, as for any program.
    No redirect is followed.

    Raises:
        UnreachableError: when no connection can be made.
        InvocationFailedError: when the response is no success, or does not come in time.
    """
    destination = find_destination(arn)
    key = _connection_of(destination).auth_parameters["ApiKeyAuthParameters"]
    url = urlsplit(destination.invocation_endpoint)
    headers = {**_HEADERS, key["ApiKeyName"]: key["ApiKeyValue"]}
    path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    connection = HTTPSConnection(
        url.hostname or "",
        url.port,
        timeout=_LONGEST_RESPONSE_SECONDS,
        context=ssl.create_default_context(),
    )
    try:
        _connect(connection)
        try:
            connection.request(destination.http_method, path, body.encode(), headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise InvocationFailedError(f"no response: {error}") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise InvocationFailedError(f"the endpoint has responded with {status}", status)


def _connect(connection: HTTPSConnection) -> None:
    try:
        connection.connect()
    except OSError as error:
        raise UnreachableError(str(error)) from error


def _connection_of(destination: Any) -> Any:
    return _find(_backend(destination.connection_arn).connections, destination.connection_arn)


def _backend(arn: str) -> Any:
    place = parse_arn(arn)
    return events_backends[place.account][place.region]


def _find(models: dict[str, Any], arn: str) -> Any:
    found = next((one for one in models.values() if one.arn == arn), None)
    if found is None:
        raise InvocationFailedError(f"{arn} does not exist")
    return found
