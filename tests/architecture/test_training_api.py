"""The description of the training API, its routes in the template, and its functions agree."""

import importlib

from openapi_spec_validator import validate

from tests.architecture.definition import read_template
from tests.training_api import DESCRIPTION, routes

RESOURCES = read_template()["Resources"]
FUNCTIONS = ("training_api_status", "training_api_train", "training_api_stop")
ROUTES = {
    one["Properties"]["RouteKey"]: one["Properties"]
    for one in RESOURCES.values()
    if one["Type"] == "AWS::ApiGatewayV2::Route"
}


def test_the_description_is_openapi() -> None:
    validate(DESCRIPTION)


def test_each_described_operation_is_a_route_and_no_other_is() -> None:
    assert set(ROUTES) == routes()


def test_each_route_leads_to_the_function_that_responds_to_it() -> None:
    for name in FUNCTIONS:
        word = name.rpartition("_")[2].capitalize()
        target = f"integrations/${{TrainingApi{word}Integration}}"
        own = {key for key, route in ROUTES.items() if route["Target"] == target}
        assert set(importlib.import_module(name).ROUTES) == own


def test_every_route_has_the_authorization_of_the_deployment() -> None:
    authorizations = [route["AuthorizationType"] for route in ROUTES.values()]
    assert all(one == authorizations[0] for one in authorizations)
    assert authorizations[0] == ["TakesTokens", "JWT", ["TakesSignatures", "AWS_IAM", "NONE"]]
