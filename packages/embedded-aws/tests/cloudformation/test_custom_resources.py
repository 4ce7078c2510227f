import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    create_function,
    create_stack,
    deleted,
    describe,
    events_of,
    outputs,
    settled,
    until,
)

# Puts its request into a queue, then responds as its property `Answer` says.
RECORDER = """
import json, os, urllib.request
import boto3

def handle(event, context):
    s3 = boto3.client("s3")
    order = len(s3.list_objects_v2(Bucket="asked").get("Contents", []))
    s3.put_object(Bucket="asked", Key=f"{order:03}", Body=json.dumps(event))
    wanted = json.loads(s3.get_object(Bucket="answers", Key="answer")["Body"].read())
    wanted = wanted.get(event["RequestType"], {})
    if wanted == "silence":
        return
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "a-thing", **wanted}
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request)
"""


@pytest.fixture
def function(aws: EmbeddedAws) -> str:
    for bucket in ("asked", "answers"):
        aws.client("s3").create_bucket(Bucket=bucket)
    answer_with(aws)
    return create_function(aws, RECORDER)


def answer_with(aws: EmbeddedAws, **by_request_type: Any) -> None:
    body = json.dumps(by_request_type)
    aws.client("s3").put_object(Bucket="answers", Key="answer", Body=body)


def asked(aws: EmbeddedAws) -> list[dict[str, Any]]:
    s3 = aws.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket="asked").get("Contents", [])]
    return [json.loads(s3.get_object(Bucket="asked", Key=key)["Body"].read()) for key in keys]


def thing(function: str, **properties: Any) -> dict[str, Any]:
    own = {"ServiceToken": function, **properties}
    return {"Thing": {"Type": "Custom::Thing", "DependsOn": "Topic", "Properties": own}, **TOPIC}


TOPIC: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic"}}


def topics(aws: EmbeddedAws) -> int:
    return len(aws.client("sns").list_topics()["Topics"])


def failure_of(aws: EmbeddedAws, stack: str, status: str) -> str:
    events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if (event["LogicalResourceId"], event["ResourceStatus"]) == ("Thing", status)
    ]
    return str(reasons[0])


def test_it_is_asked_to_be_made_and_its_answer_is_its_id_and_its_attributes(
    aws: EmbeddedAws, function: str
) -> None:
    answer_with(aws, Create={"Data": {"Colour": "red"}})
    colour = {"Value": {"Fn::GetAtt": ["Thing", "Colour"]}}
    stack = create_stack(
        aws,
        thing(function, Count=3, IsNew=True),
        outputs={"Colour": colour, "Id": {"Value": {"Ref": "Thing"}}},
    )
    assert outputs(aws, stack) == {"Colour": "red", "Id": "a-thing"}
    (event,) = asked(aws)
    assert (event["RequestType"], event["ResourceType"]) == ("Create", "Custom::Thing")
    assert (event["LogicalResourceId"], event["StackId"]) == ("Thing", stack)
    assert "PhysicalResourceId" not in event
    own = {"ServiceToken": function, "Count": "3", "IsNew": "true"}
    assert event["ResourceProperties"] == own


def test_an_attribute_that_was_not_answered_is_an_error(aws: EmbeddedAws, function: str) -> None:
    colour = {"Value": {"Fn::GetAtt": ["Thing", "Colour"]}}
    stack = create_stack(aws, thing(function), outputs={"Colour": colour})
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_failure_rolls_the_stack_back_with_the_functions_own_reason(
    aws: EmbeddedAws, function: str
) -> None:
    answer_with(aws, Create={"Status": "FAILED", "Reason": "no paint"})
    stack = create_stack(aws, thing(function))
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = failure_of(aws, stack, "CREATE_FAILED")
    assert reason.startswith("Received response status [FAILED] from custom resource.")
    assert "no paint" in reason


def test_a_change_is_asked_for_with_the_properties_before(aws: EmbeddedAws, function: str) -> None:
    stack = create_stack(aws, thing(function, Count=3))
    settled(aws, stack)
    update(aws, stack, thing(function, Count=4))
    (_, event) = asked(aws)
    assert (event["RequestType"], event["PhysicalResourceId"]) == ("Update", "a-thing")
    assert event["ResourceProperties"]["Count"] == "4"
    assert event["OldResourceProperties"]["Count"] == "3"


def test_another_id_after_a_change_deletes_the_thing_before(
    aws: EmbeddedAws, function: str
) -> None:
    answer_with(aws, Update={"PhysicalResourceId": "another"})
    stack = create_stack(aws, thing(function, Count=3))
    settled(aws, stack)
    update(aws, stack, thing(function, Count=4))
    assert [event["RequestType"] for event in asked(aws)] == ["Create", "Update", "Delete"]
    assert asked(aws)[-1]["PhysicalResourceId"] == "a-thing"


def update(aws: EmbeddedAws, stack: str, resources: dict[str, Any]) -> None:
    body = json.dumps({"Resources": resources})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"


def test_it_is_deleted_before_what_it_depends_on(aws: EmbeddedAws, function: str) -> None:
    stack = create_stack(aws, thing(function))
    settled(aws, stack)
    answer_with(aws, Delete="silence")
    aws.client("cloudformation").delete_stack(StackName=stack)
    event = until(lambda: [one for one in asked(aws) if one["RequestType"] == "Delete"])[0]
    assert topics(aws) == 1
    assert describe(aws, stack)["StackStatus"] == "DELETE_IN_PROGRESS"
    put_answer(event)
    assert settled(aws, stack)["StackStatus"] == "DELETE_COMPLETE"
    assert topics(aws) == 0


def put_answer(event: dict[str, Any], content_type: str = "", url: str = "") -> None:
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "a-thing"}
    request = urllib.request.Request(
        url or event["ResponseURL"],
        json.dumps(answer).encode(),
        {"Content-Type": content_type},
        method="PUT",
    )
    with urllib.request.urlopen(request) as response:
        assert response.status == 200


def test_a_deletion_that_fails_keeps_what_it_needs_and_can_be_repeated(
    aws: EmbeddedAws, function: str
) -> None:
    stack = create_stack(aws, thing(function))
    settled(aws, stack)
    answer_with(aws, Delete={"Status": "FAILED", "Reason": "still in use"})
    aws.client("cloudformation").delete_stack(StackName=stack)
    shown = settled(aws, stack)
    assert shown["StackStatus"] == "DELETE_FAILED"
    assert "[Thing]" in shown["StackStatusReason"]
    assert "still in use" in failure_of(aws, stack, "DELETE_FAILED")
    assert "DELETE_IN_PROGRESS" not in events_of(aws, stack, "Topic")
    assert topics(aws) == 1
    answer_with(aws)
    deleted(aws, stack)
    assert topics(aws) == 0


def test_silence_is_a_failure_once_the_service_timeout_is_over(
    aws: EmbeddedAws, function: str
) -> None:
    answer_with(aws, Create="silence")
    stack = create_stack(aws, thing(function, ServiceTimeout=1))
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in failure_of(aws, stack, "CREATE_FAILED")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"StackId": "another"}, "Value of property StackId"),
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"Data": {"Long": "x" * 5000}}, "too long"),
    ],
)
def test_an_answer_that_does_not_fit_the_request_is_a_failure(
    aws: EmbeddedAws, function: str, wrong: dict[str, Any], words: str
) -> None:
    answer_with(aws, Create=wrong)
    stack = create_stack(aws, thing(function))
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert words in failure_of(aws, stack, "CREATE_FAILED")


def test_only_the_requested_function_can_respond_and_without_a_content_type(
    aws: EmbeddedAws, function: str
) -> None:
    answer_with(aws, Create="silence")
    stack = create_stack(aws, thing(function))
    (event,) = until(lambda: asked(aws))
    forged = event["ResponseURL"].partition("Signature=")[0] + "Signature=guessed"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        put_answer(event, url=forged)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        put_answer(event, content_type="application/json")
    put_answer(event)
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
