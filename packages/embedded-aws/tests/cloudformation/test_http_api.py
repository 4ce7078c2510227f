"""The resources of an HTTP API in a stack, which is then updated and deleted."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, outputs, settled

API: Any = {
    "Type": "AWS::ApiGatewayV2::Api",
    "Properties": {"Name": "api", "ProtocolType": "HTTP", "CorsConfiguration": {"MaxAge": 5}},
}
STAGE: Any = {
    "Type": "AWS::ApiGatewayV2::Stage",
    "Properties": {
        "ApiId": {"Ref": "Api"},
        "StageName": "$default",
        "AutoDeploy": True,
        "DefaultRouteSettings": {"ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 10},
    },
}
AUTHORIZER: Any = {
    "Type": "AWS::ApiGatewayV2::Authorizer",
    "Properties": {
        "ApiId": {"Ref": "Api"},
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": "https://issuer.example", "Audience": ["trainer"]},
        "Name": "tokens",
    },
}
INTEGRATION: Any = {
    "Type": "AWS::ApiGatewayV2::Integration",
    "Properties": {
        "ApiId": {"Ref": "Api"},
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "PayloadFormatVersion": "2.0",
    },
}
ROUTE: Any = {
    "Type": "AWS::ApiGatewayV2::Route",
    "Properties": {
        "ApiId": {"Ref": "Api"},
        "RouteKey": "GET /status",
        "AuthorizationType": "JWT",
        "AuthorizerId": {"Ref": "Authorizer"},
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
    },
}
RESOURCES = {
    "Api": API,
    "Stage": STAGE,
    "Authorizer": AUTHORIZER,
    "Integration": INTEGRATION,
    "Route": ROUTE,
}
ENDPOINT = {"Endpoint": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}}


def with_properties(resource: Any, **changes: Any) -> Any:
    return {**resource, "Properties": {**resource["Properties"], **changes}}


def test_an_api_is_made_changed_in_place_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, RESOURCES, outputs=ENDPOINT)
    endpoint = outputs(aws, stack)["Endpoint"]
    client = aws.client("apigatewayv2")
    (api,) = client.get_apis()["Items"]
    assert endpoint == api["ApiEndpoint"]
    assert api["CorsConfiguration"] == {"MaxAge": 5}
    (route,) = client.get_routes(ApiId=api["ApiId"])["Items"]
    (integration,) = client.get_integrations(ApiId=api["ApiId"])["Items"]
    assert route["Target"] == f"integrations/{integration['IntegrationId']}"
    assert route["AuthorizationType"] == "JWT"
    (stage,) = client.get_stages(ApiId=api["ApiId"])["Items"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 5

    changed = {
        **RESOURCES,
        "Api": with_properties(API, CorsConfiguration={"MaxAge": 9}),
        "Stage": with_properties(STAGE, DefaultRouteSettings={"ThrottlingRateLimit": 7}),
        "Integration": with_properties(INTEGRATION, TimeoutInMillis=5000),
    }
    aws.client("cloudformation").update_stack(
        StackName=stack, TemplateBody=json.dumps({"Resources": changed})
    )
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    (after,) = client.get_apis()["Items"]
    assert (after["ApiId"], after["CorsConfiguration"]) == (api["ApiId"], {"MaxAge": 9})
    (stage,) = client.get_stages(ApiId=api["ApiId"])["Items"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 7
    (kept,) = client.get_integrations(ApiId=api["ApiId"])["Items"]
    assert (kept["IntegrationId"], kept["TimeoutInMillis"]) == (integration["IntegrationId"], 5000)

    deleted(aws, stack)
    assert client.get_apis()["Items"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Api": with_properties(API, ProtocolType="WEBSOCKET")},
        {"Stage": with_properties(STAGE, StageName="prod")},
        {"Authorizer": with_properties(AUTHORIZER, AuthorizerType="REQUEST")},
        {"Authorizer": with_properties(AUTHORIZER, JwtConfiguration={"Issuer": ""})},
        {"Integration": with_properties(INTEGRATION, PayloadFormatVersion="1.0")},
        {"Route": with_properties(ROUTE, AuthorizationType="CUSTOM")},
    ],
)
def test_what_is_not_served_is_refused(aws: EmbeddedAws, changed: Any) -> None:
    stack = create_stack(aws, {**RESOURCES, **changed})
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert aws.client("apigatewayv2").get_apis()["Items"] == []
