"""Rules that put events into a queue, and what arrived in it."""

import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import until


def listen(aws: EmbeddedAws, pattern: dict[str, Any]) -> str:
    """Create a rule that puts matching events into a queue, and return the queue's URL."""
    queues, events = aws.client("sqs"), aws.client("events")
    url = str(queues.create_queue(QueueName="heard")["QueueUrl"])
    events.put_rule(Name="rule", EventPattern=json.dumps(pattern))
    arn = "arn:aws:sqs:us-east-1:123456789012:heard"
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": arn}])
    return url


def heard(aws: EmbeddedAws, url: str, count: int) -> list[dict[str, Any]]:
    """Return the events when there are enough."""
    found: list[dict[str, Any]] = []

    def check() -> bool:
        answer = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return len(found) >= count

    until(check)
    return found
