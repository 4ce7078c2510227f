"""The description of the training API, its routes in the template, and its functions agree."""

import importlib

from openapi_spec_validator import validate

from tests.architecture.definition import read_template
from tests.training_api import DESCRIPTION, routes

RESOURCES = read_template()["Resources"]
FUNCTIONS = (
    "training_api_page",
    "training_api_status",
    "training_api_stop",
    "training_api_train",
)
OPEN = {"GET /", "GET /page/{file}"}
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


def test_every_route_but_the_page_has_the_authorization_of_the_deployment() -> None:
    chosen = ["TakesTokens", "JWT", ["TakesSignatures", "AWS_IAM", "NONE"]]
    found = {key: route["AuthorizationType"] for key, route in ROUTES.items()}
    assert found == {key: "NONE" if key in OPEN else chosen for key in ROUTES}


def test_the_function_of_the_page_which_everyone_can_call_has_no_rights() -> None:
    function = RESOURCES["TrainingApiPageFunction"]["Properties"]
    assert "Policies" not in function
    assert "PARRIS_STATE_MACHINE_ARN" not in function["Environment"]["Variables"]
