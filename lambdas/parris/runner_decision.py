"""What a runner has decided, in its decision.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Json, Payload


def decision_in(body: bytes | None) -> Payload:
    """Return the decision in a file; empty if it says none. A script can write anything there."""
    try:
        found: Json = None if body is None else json.loads(body)
    except (RecursionError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
