"""The click that an IoT message reports, identified so that duplicates start only one job.

AWS IoT and Lambda deliver messages at least once. A duplicate has the same fields, which give the
same execution name, and Step Functions starts one execution per name.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.payloads import int_in, maybe_text_in, text_in

if TYPE_CHECKING:
    from parris.payloads import Payload

# The first of these fields that is present identifies the device. The topic is always present.
_DEVICE_FIELDS = ("serialNumber", "deviceId", "topic")
# Messages without an id are told apart by their time. A device that gets no response sends again
# within seconds; a person who wants a second job waits longer.
_SAME_CLICK_MILLISECONDS = 60_000
_LONGEST_DEVICE, _LONGEST_KIND, _DIGEST_LENGTH = 32, 16, 20


@dataclass(frozen=True, slots=True)
class Click:
    """One click. `identity` distinguishes it from the device's other clicks of the same kind."""

    device: str
    kind: str
    identity: str

    @classmethod
    def from_message(cls, message: Payload) -> Self:
        """Return the click that a message of the IoT rule reports.

        Args:
            message: the rule's `topic` and `received_at_ms` (milliseconds since 1970), and
                `serialNumber` or `deviceId`, `clickType` and `messageId` if the device sent them.

        Raises:
            KeyError: if one of the rule's own fields is missing.
        """
        topic, received_at_ms = text_in(message, "topic"), int_in(message, "received_at_ms")
        given = (_text(message, field) for field in _DEVICE_FIELDS)
        return cls(
            device=next((device for device in given if device), topic),
            kind=_text(message, "clickType") or "message",
            identity=_text(message, "messageId")
            or f"minute {received_at_ms // _SAME_CLICK_MILLISECONDS}",
        )

    @property
    def execution_name(self) -> str:
        """Return the name of the execution to start: at most 80 letters, digits and `-`."""
        whole = json.dumps([self.device, self.kind, self.identity])
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST_LENGTH]
        device, kind = self.device[:_LONGEST_DEVICE], self.kind[:_LONGEST_KIND]
        return re.sub(r"[^A-Za-z0-9-]", "-", f"click-{device}-{kind}-{digest}")


def _text(message: Payload, field: str) -> str:
    value = message.get(field)
    return str(value) if isinstance(value, int) else maybe_text_in(message, field) or ""
