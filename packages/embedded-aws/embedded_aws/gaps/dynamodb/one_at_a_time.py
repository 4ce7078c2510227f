"""Requests to DynamoDB are serialized, so nobody sees half an item, and conditions are reliable.

DynamoDB serializes requests for one item. moto's threads run concurrently: a new item is visible
before its attributes are, and two conditional writes of one item may both succeed.
"""

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from embedded_aws.patching import wrap

_asking = threading.Lock()


def install() -> None:
    """Patch the start of DynamoDB's actions."""
    wrap(DynamoHandler, "call_action", _make_call_action)


def _make_call_action(original: Any) -> Any:
    def call_action(self: Any) -> Any:
        with _asking:
            return original(self)

    return call_action
