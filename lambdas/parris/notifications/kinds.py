"""The kinds of notifications."""

from collections.abc import Collection
from enum import StrEnum


class MessageKind(StrEnum):
    """The kind of a message, as in the config's `notify` and in the message's attribute."""

    ENDED = "ended"
    NEAR_LIMIT = "near-limit"
    SILENT = "silent"
    KEPT = "kept"
    CLEANUP_FAILED = "cleanup-failed"


EVERY_KIND: tuple[str, ...] = tuple(MessageKind)
"""The kinds that are sent if a config does not choose."""

ALWAYS_NOTIFIED = frozenset({MessageKind.KEPT, MessageKind.CLEANUP_FAILED})
"""The kinds that are always sent: about continuing costs, or the only copy of someone's data."""


def should_notify(kind: MessageKind, notify: Collection[str]) -> bool:
    """Return whether a job whose config chooses the kinds in `notify` sends this kind."""
    return kind in ALWAYS_NOTIFIED or kind in notify
