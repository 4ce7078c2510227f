"""What a pipe makes of a message: the event of its source, and the input of its target.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
"""

import json
import re
from typing import Any

from embedded_aws.event_inputs import fill_template

_PATH = re.compile(r"<(\$[^<>]*)>")
RESERVED_VARIABLE = re.compile(r"<aws\.pipes\.")


def record_of(message: Any, queue_arn: str, region: str) -> dict[str, Any]:
    """Return a message of a queue as the event of a pipe.

    Args:
        message: moto's model of it.
        queue_arn: the queue that it comes from.
        region: the queue's Region.
    """
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": str(message.sender_id),
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def target_input(template: str | None, record: dict[str, Any]) -> str:
    """Return what the target gets of an event.

    Args:
        template: the pipe's InputTemplate; without one the event itself is passed on.
        record: the event. Paths into its body are paths into the JSON in it.
    """
    if template is None:
        return json.dumps(record)
    paths = {path: path for path in _PATH.findall(template)}
    return fill_template(template, paths, {**record, "body": _parsed(record["body"])})


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
