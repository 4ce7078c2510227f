"""An item is written as a whole: nobody sees half of it, and no condition is judged meanwhile.

DynamoDB serializes what is asked of one item. moto's threads go on beside each other: a new item is
there before its attributes are, and two that claim one name on a condition may both be told yes.
"""

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from embedded_aws.patching import wrap

_asking = threading.Lock()


def install() -> None:
    """Patch where the actions of DynamoDB begin."""
    wrap(DynamoHandler, "call_action", _make_call_action)


def _make_call_action(original: Any) -> Any:
    def call_action(self: Any) -> Any:
        with _asking:
            return original(self)

    return call_action
