"""The names that results had on the machine, of those that S3 could not take as they were.

The runner percent-encodes such a name and lists it in results-names.json; see
docs/bootstrap-contract.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

_DELETE = 0x7F


def decode_names(listed: bytes | None) -> Mapping[str, str]:
    """Return the names of the machine by those of the bucket, as far as they are plain text.

    One with control characters, or with bytes that are no UTF-8, is better left encoded: many
    programs, and a person's terminal, take it amiss.
    """
    try:
        found = json.loads(listed or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    decoded = {}
    for name, encoded in found.items():
        try:
            own = unquote_to_bytes(str(encoded)).decode()
        except ValueError:
            continue
        if all(ord(char) >= ord(" ") and not _DELETE <= ord(char) < 0xA0 for char in own):
            decoded[name] = own
    return decoded
