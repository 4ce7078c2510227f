"""The entry of every request: its principal, what it needs, and whether that is allowed."""

import logging
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from embedded_aws.context import current
from embedded_aws.http_api_path import is_for_an_api
from embedded_aws.permissions import presigned_v2
from embedded_aws.permissions.access_keys import find_access_key
from embedded_aws.permissions.actions import demands_of
from embedded_aws.permissions.actions.missing_objects import missing_object_demands
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.call import Call, read_call
from embedded_aws.permissions.callers import called_by
from embedded_aws.permissions.denials import (
    Answer,
    badly_signed,
    denial,
    expired,
    not_modelled,
    unknown_key,
    unsigned,
)
from embedded_aws.permissions.errors import (
    ExpiredCredentialsError,
    InvalidCredentialsError,
    NotAuthorizedError,
    NotModelledError,
    SignatureError,
    UnsignedRequestError,
)
from embedded_aws.permissions.post_forms import PolicyViolatedError, PostForm, read_post_form
from embedded_aws.permissions.presigned_v2 import key_of_presigned, verify_presigned
from embedded_aws.permissions.principals import Principal, find_principal
from embedded_aws.permissions.signature import read_signature, verify
from embedded_aws.permissions.trust import find_role, trusts_caller

# moto's own API, which can reset the account, and its own instance metadata.
_CLOSED = ("/moto-api", "/favicon.ico", "/latest/")
# Custom resources respond here, each at a URL with its own signature.
_ANSWERS = re.compile(r"/cloudformation_[^/]+/cfnresponse")
_SAID_OF_SERVICE = ("HTTP_AUTHORIZATION", "HTTP_X_AMZ_TARGET")
_logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def pass_gate(
    application: Application, environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Pass an allowed request to the application, and respond to a refused one."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(_CLOSED):
        return send_answer(denial("s3", "Access Denied"), environ, start_response)
    if is_for_an_api(path):  # each route has an authorizer of its own
        return application(environ, start_response)
    if _ANSWERS.fullmatch(path):
        for name in _SAID_OF_SERVICE:  # else another service would handle this path, unsigned
            environ.pop(name, None)
        return application(environ, start_response)
    service = _service_of(environ)
    try:
        form = read_post_form(environ)
        if form is not None:
            with called_by(_signer_of(form)):
                return application(environ, start_response)
        key_id, service, region = _authenticate(environ)
        principal = find_principal(key_id)
        if current().settings.enforce_roles:
            _check(principal, environ, service, region)
    except UnsignedRequestError as error:
        return send_answer(unsigned(service, error.message), environ, start_response)
    except SignatureError as error:
        return send_answer(badly_signed(service, error.message), environ, start_response)
    except (NotAuthorizedError, PolicyViolatedError) as error:
        return send_answer(denial(service, error.message), environ, start_response)
    except InvalidCredentialsError as error:
        return send_answer(unknown_key(service, error.message), environ, start_response)
    except ExpiredCredentialsError:
        return send_answer(expired(service), environ, start_response)
    except NotModelledError as error:
        _logger.error("not modelled: %s", error)
        return send_answer(not_modelled(service, str(error)), environ, start_response)
    with called_by(principal):
        return application(environ, start_response)


def _signer_of(form: PostForm) -> Principal | None:
    """Return who has signed the policy of a form, and may upload what the form uploads."""
    form.verify(find_access_key(form.key_id))
    principal = find_principal(form.key_id)
    if current().settings.enforce_roles:
        authorize(principal, [form.demand], form.region)
    return principal


def _authenticate(environ: dict[str, Any]) -> tuple[str, str, str]:
    """Return the key that a request is signed with, and its service and Region."""
    presigned_with = key_of_presigned(environ)
    if presigned_with:
        verify_presigned(environ, find_access_key(presigned_with))
        return presigned_with, presigned_v2.SERVICE, presigned_v2.REGION
    signature = read_signature(environ)
    verify(environ, signature, find_access_key(signature.key_id))
    return signature.key_id, signature.service, signature.region


def _service_of(environ: dict[str, Any]) -> str:
    try:
        return read_signature(environ).service
    except UnsignedRequestError:
        return "s3"  # the only service with unsigned requests


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


def key_of(environ: dict[str, Any]) -> str:
    """Return the access key that a request is signed with, empty if it is not signed."""
    try:
        return key_of_presigned(environ) or read_signature(environ).key_id
    except UnsignedRequestError:
        return ""


def send_answer(answer: Answer, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Respond to a request that is not passed to the application."""
    headers = [
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    if answer.error_type:
        headers.append(("x-amzn-ErrorType", answer.error_type))
    start_response(answer.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
