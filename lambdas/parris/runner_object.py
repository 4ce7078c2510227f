"""Reads a file of a runner that is an object, such as decision.json or a heartbeat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Json, Payload


def object_in(body: bytes | None) -> Payload:
    """Return the object in a file; empty if there is none. A script can write anything there."""
    try:
        found: Json = None if body is None else json.loads(body)
    except (RecursionError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
