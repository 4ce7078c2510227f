"""AWS::Events::Connection and ::ApiDestination are checked, created, updated and deleted."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, refusal_of, settled
from embedded_aws_helpers.pipes import connection, destination

URL = "https://hooks.example.com/services/secret"


def test_both_are_made_changed_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {"Connection": connection(), "Webhook": destination(URL)})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    events = aws.client("events")
    (found,) = events.list_api_destinations()["ApiDestinations"]
    (linked,) = events.list_connections()["Connections"]
    assert found["InvocationEndpoint"] == URL
    assert found["ConnectionArn"] == linked["ConnectionArn"]
    other = f"{URL}/other"
    body = json.dumps({"Resources": {"Connection": connection(), "Webhook": destination(other)}})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    (changed,) = events.list_api_destinations()["ApiDestinations"]
    assert changed["ApiDestinationArn"] == found["ApiDestinationArn"]
    assert changed["InvocationEndpoint"] == other
    deleted(aws, stack)
    assert events.list_api_destinations()["ApiDestinations"] == []
    assert events.list_connections()["Connections"] == []
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


@pytest.mark.parametrize(
    ("url", "changed", "reason"),
    [
        ("http://hooks.example.com", {}, "must begin with https://"),
        (URL, {"HttpMethod": "TRACE"}, "at 'HttpMethod'"),
        (URL, {"InvocationRateLimitPerSecond": 0}, "at 'InvocationRateLimitPerSecond'"),
        (URL, {"ConnectionArn": "arn:aws:events"}, "at 'ConnectionArn'"),
        (URL, {"Nonsense": 1}, "Nonsense"),
    ],
)
def test_a_destination_that_aws_would_refuse_is_refused(
    aws: EmbeddedAws, url: str, changed: dict[str, Any], reason: str
) -> None:
    resources = {"Connection": connection(), "Webhook": destination(url, **changed)}
    assert reason in refusal_of(aws, resources)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"AuthorizationType": "BASIC"}, "with an API key only"),
        ({"AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "X"}}}, "ApiKeyValue"),
        ({"AuthParameters": {}}, "with an API key only"),
    ],
)
def test_a_connection_that_has_no_key_is_refused(
    aws: EmbeddedAws, changed: dict[str, Any], reason: str
) -> None:
    assert reason in refusal_of(aws, {"Connection": connection(**changed)})
