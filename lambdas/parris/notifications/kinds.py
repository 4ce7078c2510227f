"""What people can be told of a job, by its one word."""

from collections.abc import Collection
from enum import StrEnum


class MessageKind(StrEnum):
    """What a message tells: the word in the config's `notify` and in the message's attribute."""

    ENDED = "ended"
    NEAR_LIMIT = "near-limit"
    SILENT = "silent"
    KEPT = "kept"
    CLEANUP_FAILED = "cleanup-failed"


EVERY_KIND: tuple[str, ...] = tuple(MessageKind)
"""What is told where a config does not say."""

ALWAYS_NOTIFIED = frozenset({MessageKind.KEPT, MessageKind.CLEANUP_FAILED})
"""What goes on costing money, or is the only copy of somebody's data, is told whoever wants it."""


def should_notify(kind: MessageKind, notify: Collection[str]) -> bool:
    """Return whether a job whose config asks for these kinds tells this one."""
    return kind in ALWAYS_NOTIFIED or kind in notify
