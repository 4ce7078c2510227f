"""Stacks with a pipe: from a queue with a dead-letter queue to an API destination or a topic."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock

BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
VISIBLE_AFTER_SECONDS, MOST_RECEIVES = 60, 3


@contextmanager
def virtual_aws(folder: Path, **settings: Any) -> Iterator[tuple[EmbeddedAws, VirtualClock]]:
    """Run an embedded AWS on a virtual clock, with stacks that take no time."""
    clock = VirtualClock(BEGIN)
    chosen = Settings(stack_create_seconds=0, stack_delete_seconds=0, **settings)
    with EmbeddedAws(chosen, folder=folder, clock=clock) as aws:
        yield aws, clock


def queues() -> dict[str, Any]:
    """Return the queue `Messages`, whose failed messages come to `Undelivered`."""
    redrive = {
        "deadLetterTargetArn": {"Fn::GetAtt": ["Undelivered", "Arn"]},
        "maxReceiveCount": MOST_RECEIVES,
    }
    properties = {"VisibilityTimeout": VISIBLE_AFTER_SECONDS, "RedrivePolicy": redrive}
    return {
        "Undelivered": {"Type": "AWS::SQS::Queue"},
        "Messages": {"Type": "AWS::SQS::Queue", "Properties": properties},
    }


def connection(**changed: Any) -> dict[str, Any]:
    """Return an AWS::Events::Connection with an API key."""
    key = {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}
    properties = {
        "AuthorizationType": "API_KEY",
        "AuthParameters": {"ApiKeyAuthParameters": key},
        **changed,
    }
    return {"Type": "AWS::Events::Connection", "Properties": properties}


def destination(url: str, **changed: Any) -> dict[str, Any]:
    """Return an AWS::Events::ApiDestination with the connection `Connection`."""
    properties = {
        "ConnectionArn": {"Fn::GetAtt": ["Connection", "Arn"]},
        "HttpMethod": "POST",
        "InvocationEndpoint": url,
        "InvocationRateLimitPerSecond": 1,
        **changed,
    }
    return {"Type": "AWS::Events::ApiDestination", "Properties": properties}


def pipe(target: Any, template: str, **changed: Any) -> dict[str, Any]:
    """Return an AWS::Pipes::Pipe from the queue `Messages`, with the role `Role`."""
    properties = {
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Source": {"Fn::GetAtt": ["Messages", "Arn"]},
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
        "Target": target,
        "TargetParameters": {"InputTemplate": template},
        **changed,
    }
    return {"Type": "AWS::Pipes::Pipe", "Properties": properties}


def role(*actions: str) -> dict[str, Any]:
    """Return a role that pipes may assume, and which allows these actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "pipes.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = {"PolicyName": "pipe", "PolicyDocument": {"Statement": [statement]}}
    properties = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": [policy]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


READING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def webhook_stack(url: str, template: str = '{"text": "<$.body.word>"}') -> dict[str, Any]:
    """Return the resources of a stack that posts the messages of its queue to an endpoint."""
    return {
        **queues(),
        "Connection": connection(),
        "Webhook": destination(url),
        "Role": role(*READING, "events:InvokeApiDestination"),
        "Pipe": pipe({"Fn::GetAtt": ["Webhook", "Arn"]}, template),
    }


def queue_url(aws: EmbeddedAws, logical_id: str) -> str:
    """Return the URL of a stack's queue."""
    (found,) = [
        url for url in aws.client("sqs").list_queues()["QueueUrls"] if f"-{logical_id}-" in url
    ]
    return str(found)


def send(aws: EmbeddedAws, **body: str) -> None:
    """Send a message to the queue of the pipe."""
    url = queue_url(aws, "Messages")
    aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))


def bodies_in(aws: EmbeddedAws, logical_id: str) -> list[Any]:
    """Return what is in a queue, visible or not."""
    url = queue_url(aws, logical_id)
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in found.get("Messages", [])]


def count_in(aws: EmbeddedAws, logical_id: str) -> int:
    """Return how many messages are in a queue, visible or not."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = aws.client("sqs").get_queue_attributes(
        QueueUrl=queue_url(aws, logical_id), AttributeNames=list(names)
    )
    return sum(int(found["Attributes"][name]) for name in names)
