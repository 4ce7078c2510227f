"""AWS::ApiGatewayV2::Api, ::Stage, ::Authorizer, ::Integration and ::Route are created and updated.

moto's CloudFormation knows none of them. What the embedded AWS does not serve is refused.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError

from embedded_aws.http_apis.request import DEFAULT_STAGE
from embedded_aws.stacks.plain_model import Made, register_type

_HTTP, _JWT, _LAMBDA_PROXY, _FORMAT = "HTTP", "JWT", "AWS_PROXY", "2.0"
_AUTHORIZATIONS = ("NONE", "AWS_IAM", "JWT")


def install() -> None:
    """Register the types."""
    api = ("ApiEndpoint", "ApiId")
    register_type("AWS::ApiGatewayV2::Api", _create_api, _delete_api, api, _update_api)
    register_type("AWS::ApiGatewayV2::Stage", _create_stage, _delete_stage, (), _update_stage)
    for kind, create in (
        ("Authorizer", _create_authorizer),
        ("Integration", _create_integration),
        ("Route", _create_route),
    ):
        type_name, attribute = f"AWS::ApiGatewayV2::{kind}", f"{kind}Id"
        register_type(type_name, create, _delete_part, (attribute,), _updated_by(create, attribute))


def _create_api(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    _require(properties.get("ProtocolType") == _HTTP, "APIs of another protocol than HTTP")
    _require("Body" not in properties, "an API whose routes are in its Body")
    api = _backend(account, region).create_api(
        api_key_selection_expression="",
        cors_configuration=_lowered(properties.get("CorsConfiguration")),
        description=properties.get("Description", ""),
        disable_schema_validation=None,
        disable_execute_api_endpoint=properties.get("DisableExecuteApiEndpoint", False),
        name=properties.get("Name", name),
        protocol_type=_HTTP,
        route_selection_expression=None,
        tags=properties.get("Tags", {}),
        version=properties.get("Version", ""),
    )
    return Made(api.api_id, {"ApiEndpoint": api.api_endpoint, "ApiId": api.api_id})


def _update_api(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    api = _backend(account, region).get_api(physical_id)
    api.cors_configuration = _lowered(properties.get("CorsConfiguration"))
    api.description = properties.get("Description", "")
    api.name = properties.get("Name", api.name)
    return Made(api.api_id, {"ApiEndpoint": api.api_endpoint, "ApiId": api.api_id})


def _delete_api(physical_id: str, account: str, region: str) -> None:
    _backend(account, region).delete_api(physical_id)


def _create_stage(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    _require(properties.get("StageName") == DEFAULT_STAGE, f"stages other than {DEFAULT_STAGE}")
    _require(properties.get("AutoDeploy") in (True, "true"), "a stage without AutoDeploy")
    _require("RouteSettings" not in properties, "RouteSettings")
    api = _backend(account, region).get_api(properties["ApiId"])
    settings = _lowered(properties.get("DefaultRouteSettings")) or {}
    api.create_stage(
        {"stageName": DEFAULT_STAGE, "autoDeploy": True, "defaultRouteSettings": settings}
    )
    return Made(DEFAULT_STAGE, {})


def _update_stage(_physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    return _create_stage("", properties, account, region)


def _delete_stage(_physical_id: str, _account: str, _region: str) -> None:
    """Leave it to the deletion of the API: the name does not say whose stage it is."""


def _create_authorizer(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    _require(properties.get("AuthorizerType") == _JWT, "authorizers other than JWT")
    configuration = _lowered(properties.get("JwtConfiguration")) or {}
    if not configuration.get("issuer") or not configuration.get("audience"):
        raise ValidationError(message="JwtConfiguration needs an issuer and an audience")
    api = _backend(account, region).get_api(properties["ApiId"])
    made = api.create_authorizer(
        auth_creds_arn=None,
        auth_payload_format_version=None,
        auth_result_ttl=None,
        authorizer_type=_JWT,
        authorizer_uri=None,
        enable_simple_response=None,
        identity_source=properties.get("IdentitySource"),
        identity_validation_expr=None,
        jwt_config=configuration,
        name=properties.get("Name", name),
    )
    return Made(made.id, {"AuthorizerId": made.id})


def _create_integration(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    _require(properties.get("IntegrationType") == _LAMBDA_PROXY, "integrations without a function")
    _require(properties.get("PayloadFormatVersion") == _FORMAT, "payload formats other than 2.0")
    made = (
        _backend(account, region)
        .get_api(properties["ApiId"])
        .create_integration(
            connection_type="INTERNET",
            description=properties.get("Description", ""),
            integration_method="POST",
            integration_type=_LAMBDA_PROXY,
            integration_uri=properties["IntegrationUri"],
            payload_format_version=_FORMAT,
            timeout_in_millis=properties.get("TimeoutInMillis"),
        )
    )
    return Made(made.id, {"IntegrationId": made.id})


def _create_route(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    authorization = properties.get("AuthorizationType", "NONE")
    _require(authorization in _AUTHORIZATIONS, f"authorization by {authorization}")
    api = _backend(account, region).get_api(properties["ApiId"])
    if any(one.route_key == properties["RouteKey"] for one in api.routes.values()):
        raise ValidationError(message=f"Route with key {properties['RouteKey']} already exists")
    made = api.create_route(
        api_key_required=False,
        authorization_scopes=properties.get("AuthorizationScopes") or [],
        route_key=properties["RouteKey"],
        target=properties["Target"],
        authorization_type=authorization,
        authorizer_id=properties.get("AuthorizerId"),
    )
    return Made(made.route_id, {"RouteId": made.route_id})


def _updated_by(create: Any, attribute: str) -> Any:
    """Return an update that keeps the id, which other resources refer to."""

    def update(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
        _delete_part(physical_id, account, region)
        made = create("", properties, account, region)
        for parts in _parts_of(account, region):
            if made.physical_id in parts:
                part = parts.pop(made.physical_id)
                setattr(part, "route_id" if attribute == "RouteId" else "id", physical_id)
                parts[physical_id] = part
        return Made(physical_id, {attribute: physical_id})

    return update


def _delete_part(physical_id: str, account: str, region: str) -> None:
    for parts in _parts_of(account, region):
        parts.pop(physical_id, None)


def _parts_of(account: str, region: str) -> list[dict[str, Any]]:
    apis = list(_backend(account, region).apis.values())
    return [parts for api in apis for parts in (api.authorizers, api.integrations, api.routes)]


def _backend(account: str, region: str) -> Any:
    # Imported here: whoever has no API need not wait for it.
    from moto.apigatewayv2.models import apigatewayv2_backends

    return apigatewayv2_backends[account][region]


def _lowered(properties: Any) -> Any:
    """Return properties as the API's parameters: with small first letters, and real numbers."""
    if properties is None:
        return None
    return {key[0].lower() + key[1:]: _number(value) for key, value in properties.items()}


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _require(is_modelled: bool, what: str) -> None:
    if not is_modelled:
        raise ValidationError(message=f"the embedded AWS does not model {what}")
