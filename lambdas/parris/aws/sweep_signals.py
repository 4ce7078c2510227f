"""Lambda: EndSweep, which ends sweeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from parris.payloads import Payload


class SweepSignals:
    """Sends requests to end sweeps."""

    def __init__(self, client: LambdaClient, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    @translates_errors
    def end(self, sweep_id: str, reason: str, now: str) -> None:
        """Request that a sweep ends; does not wait for it."""
        self._send({"sweep_id": sweep_id, "reason": reason, "now": now})

    @translates_errors
    def settle(self, sweep_id: str, now: str) -> None:
        """Request that the runs of a sweep that ended long ago are settled; the sweep goes on."""
        self._send({"sweep_id": sweep_id, "settles_only": True, "now": now})

    def _send(self, payload: Payload) -> None:
        self._client.invoke(
            FunctionName=self._function_name,
            InvocationType="Event",
            Payload=json.dumps(payload),
        )
