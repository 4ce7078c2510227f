"""Where every request comes through: who sends it, what it needs, and whether that is allowed."""

import logging
import re
import urllib.parse
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from embedded_aws.permissions.actions import demands_of
from embedded_aws.permissions.actions.missing_objects import missing_object_demands
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.call import Call, read_call
from embedded_aws.permissions.callers import called_by
from embedded_aws.permissions.denials import Answer, denial, not_modelled, unknown_key
from embedded_aws.permissions.errors import (
    InvalidCredentialsError,
    NotAuthorizedError,
    NotModelledError,
)
from embedded_aws.permissions.principals import Principal, find_principal
from embedded_aws.permissions.trust import find_role, trusts_caller

_SIGNED = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
# The last one is where custom resources answer, each at a URL that is signed by itself.
_OWN_PAGES = ("/moto-api", "/favicon.ico", "/cloudformation_")
_logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def pass_gate(
    application: Application, environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Let the application answer a request that is allowed, and answer one that is not."""
    if environ.get("PATH_INFO", "").startswith(_OWN_PAGES):
        return application(environ, start_response)
    key, region, service = _signature(environ)
    try:
        principal = find_principal(key)
        _check(principal, environ, service, region)
    except NotAuthorizedError as error:
        return send_answer(denial(service, error.message), environ, start_response)
    except InvalidCredentialsError as error:
        return send_answer(unknown_key(service, error.message), environ, start_response)
    except NotModelledError as error:
        _logger.error("not modelled: %s", error)
        return send_answer(not_modelled(service, str(error)), environ, start_response)
    with called_by(principal):
        return application(environ, start_response)


def _check(principal: Principal | None, environ: dict[str, Any], service: str, region: str) -> None:
    if principal is None and service != "sts":
        return
    call = read_call(environ, service, region)
    if principal is not None:
        authorize(principal, demands_of(call), region)
        authorize(principal, missing_object_demands(call), region)
    if call.service == "sts" and call.operation == "AssumeRole":
        _check_trust(principal, call)


def _check_trust(principal: Principal | None, call: Call) -> None:
    role_arn = call.text("RoleArn")
    role = find_role(role_arn)
    if role is None or not trusts_caller(role, principal):
        arn = principal.arn if principal is not None else "the administrator"
        reason = "because the role's trust policy does not allow it"
        raise NotAuthorizedError(arn, "sts:AssumeRole", role_arn, reason)


def _signature(environ: dict[str, Any]) -> tuple[str, str, str]:
    query = urllib.parse.unquote(environ.get("QUERY_STRING", ""))
    signed_url = query.replace("X-Amz-Credential=", "Credential=")
    for text in (environ.get("HTTP_AUTHORIZATION", ""), signed_url):
        found = _SIGNED.search(text)
        if found is not None:
            return found[1], found[2], found[3]
    return "", "", "s3"  # what is not signed is taken for S3, which alone has such requests


def key_of(environ: dict[str, Any]) -> str:
    """Return the access key that a request is signed with, empty where it is not signed."""
    return _signature(environ)[0]


def send_answer(answer: Answer, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request that the application does not get to see."""
    headers = [
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    if answer.error_type:
        headers.append(("x-amzn-ErrorType", answer.error_type))
    start_response(answer.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
