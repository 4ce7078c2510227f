"""Whether a request may use a route: by IAM, by a token, or by nothing at all."""

from typing import Any

from embedded_aws.context import current
from embedded_aws.http_apis.answers import ApiAnswer, message
from embedded_aws.http_apis.request import DEFAULT_STAGE, ApiRequest
from embedded_aws.permissions.access_keys import find_access_key
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import (
    ExpiredCredentialsError,
    InvalidCredentialsError,
    NotAuthorizedError,
    SignatureError,
    UnsignedRequestError,
)
from embedded_aws.permissions.principals import Principal, find_principal
from embedded_aws.permissions.signature import read_signature, verify

_INVOKE = "execute-api:Invoke"
_FORBIDDEN = message(403, "Forbidden")
_REFUSALS = (
    ExpiredCredentialsError,
    InvalidCredentialsError,
    NotAuthorizedError,
    SignatureError,
    UnsignedRequestError,
)


class NotAllowedError(Exception):
    """The request is refused with a response of API Gateway."""

    def __init__(self, answer: ApiAnswer) -> None:
        """Keep the response."""
        super().__init__(answer.status_line)
        self.answer = answer


def authorized(api: Any, route: Any, request: ApiRequest) -> dict[str, Any]:
    """Return what the event says of the authorization; empty for a route that is open.

    Raises:
        NotAllowedError: when the request may not use the route.
    """
    match route.authorization_type or "NONE":
        case "NONE":
            return {}
        case "AWS_IAM":
            return _by_iam(request)
        case "JWT":
            return _by_token(api.get_authorizer(route.authorizer_id), route, request)
        case other:
            raise NotImplementedError(f"the embedded AWS has no authorizers of type {other}")


def _by_iam(request: ApiRequest) -> dict[str, Any]:
    settings = current().settings
    path = f"{request.api_id}/{DEFAULT_STAGE}/{request.method}{request.path}"
    arn = f"arn:aws:execute-api:{settings.region}:{settings.account_id}:{path}"
    try:
        signature = read_signature(request.environ)
        verify(request.environ, signature, find_access_key(signature.key_id))
        principal = find_principal(signature.key_id)
        if settings.enforce_roles:
            authorize(principal, [Demand(_INVOKE, arn)], settings.region)
    except _REFUSALS as error:
        raise NotAllowedError(_FORBIDDEN) from error
    if signature.service != "execute-api":
        raise NotAllowedError(_FORBIDDEN)
    return {"iam": _caller(principal, signature.key_id)}


def _caller(principal: Principal | None, key_id: str) -> dict[str, Any]:
    account_id = current().settings.account_id
    user_id = account_id if principal is None else principal.user_id
    return {
        "accessKey": key_id,
        "accountId": account_id,
        "callerId": user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::{account_id}:root" if principal is None else principal.arn,
        "userId": user_id,
    }


def _by_token(authorizer: Any, route: Any, request: ApiRequest) -> dict[str, Any]:
    # Imported here: only these routes need the libraries.
    from embedded_aws.http_apis.jwt import TokenError, scopes_of, verified_claims

    # `$request.header.Authorization`, with or without `Bearer`.
    source = str((authorizer.identity_source or [""])[0]).rpartition(".")[2].lower()
    given = request.headers.get(source, "")
    scheme, _, rest = given.partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else given
    configuration = authorizer.jwt_config
    try:
        claims = verified_claims(token, configuration["issuer"], configuration["audience"])
    except TokenError as error:
        why = f'Bearer error="invalid_token" error_description="{error}"' if given else "Bearer"
        answer = message(401, "Unauthorized", www_authenticate=why)
        raise NotAllowedError(answer) from error
    wanted = set(route.authorization_scopes or [])
    if wanted and not wanted & set(scopes_of(claims)):
        raise NotAllowedError(_FORBIDDEN)
    shown = {
        name: value if isinstance(value, str) else str(value) for name, value in claims.items()
    }
    return {"jwt": {"claims": shown, "scopes": sorted(wanted & set(scopes_of(claims))) or None}}
