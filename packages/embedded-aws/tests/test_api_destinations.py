"""A rule delivers an event to an API destination, tries again, and gives up to a queue."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import create_stack, settled
from embedded_aws_helpers.pipes import connection, destination, queue_url, role, virtual_aws
from embedded_aws_helpers.webhook import webhook

HOUR = timedelta(hours=1)


def resources(url: str, retries: int = 2, *actions: str) -> dict[str, Any]:
    target = {
        "Id": "webhook",
        "Arn": {"Fn::GetAtt": ["Webhook", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "InputTransformer": {
            "InputPathsMap": {"word": "$.detail.word"},
            "InputTemplate": '{"text": "It said: <word>\\n<word>"}',
        },
        "RetryPolicy": {"MaximumRetryAttempts": retries, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Undelivered", "Arn"]}},
    }
    rule = {"EventPattern": {"source": ["of.a.test"]}, "State": "ENABLED", "Targets": [target]}
    made = role(*actions or ("events:InvokeApiDestination",))
    trust = made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Principal"] = {"Service": "events.amazonaws.com"}
    return {
        "Undelivered": {"Type": "AWS::SQS::Queue"},
        "Connection": connection(),
        "Webhook": destination(url),
        "Role": made,
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
    }


def send(aws: EmbeddedAws, clock: VirtualClock, made: dict[str, Any]) -> None:
    assert settled(aws, create_stack(aws, made))["StackStatus"] == "CREATE_COMPLETE"
    entry = {"Source": "of.a.test", "DetailType": "Said", "Detail": '{"word": "a \\"b\\""}'}
    assert aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    clock.run_until(clock.now() + HOUR)


def undelivered(aws: EmbeddedAws) -> list[dict[str, Any]]:
    found = aws.client("sqs").receive_message(
        QueueUrl=queue_url(aws, "Undelivered"), MessageAttributeNames=["All"]
    )
    return list(found.get("Messages", []))


def test_an_event_is_posted_as_the_transformer_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        send(aws, clock, resources(hook.url))
        assert hook.bodies == [{"text": 'It said: a "b"\na "b"'}]
        assert hook.headers[0]["X-Key"] == "secret"
        assert undelivered(aws) == []


def test_an_endpoint_that_fails_is_tried_again_ever_more_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        hook.status = 503
        send(aws, clock, resources(hook.url))
        first, second, third = hook.times
        assert timedelta() < second - first < third - second
        (lost,) = undelivered(aws)
        assert json.loads(lost["Body"])["detail"] == {"word": 'a "b"'}
        told = {name: one["StringValue"] for name, one in lost["MessageAttributes"].items()}
        assert told["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
        assert told["RETRY_ATTEMPTS"] == "2"


def test_an_event_that_is_too_old_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        hook.status = 429
        send(aws, clock, resources(hook.url, retries=185))
        clock.run_until(clock.now() + HOUR)
        assert hook.times[-1] - hook.times[0] < HOUR
        (lost,) = undelivered(aws)
        condition = lost["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"]
        assert condition == "MaximumEventAgeInSeconds"


@pytest.mark.parametrize(("status", "actions"), [(404, ()), (200, ("sns:Publish",))])
def test_what_a_retry_would_not_change_is_given_up_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, actions: tuple[str, ...]
) -> None:
    with webhook(tmp_path, monkeypatch) as hook, virtual_aws(tmp_path / "aws") as (aws, clock):
        hook.status = status
        send(aws, clock, resources(hook.url, 2, *actions))
        assert len(hook.bodies) == (0 if actions else 1)
        (lost,) = undelivered(aws)
        assert lost["MessageAttributes"]["RETRY_ATTEMPTS"]["StringValue"] == "0"
