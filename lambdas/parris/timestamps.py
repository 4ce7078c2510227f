"""Timestamps in payloads: ISO 8601 in UTC, ending in Z."""

from datetime import UTC, datetime

from parris.payloads import Payload, maybe_text_in


def parse_timestamp(text: str) -> datetime:
    """Return the aware UTC datetime of an ISO 8601 text.

    Raises:
        ValueError: if the text is not a timestamp or has no time zone.
    """
    timestamp = datetime.fromisoformat(text)
    if timestamp.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return timestamp.astimezone(UTC)


def maybe_timestamp_in(payload: Payload, key: str) -> datetime | None:
    """Return the timestamp under `key`, or None if it is absent or null.

    Raises:
        ValueError: if the text is not a timestamp or has no time zone.
    """
    text = maybe_text_in(payload, key)
    return None if text is None else parse_timestamp(text)


def format_timestamp(timestamp: datetime) -> str:
    """Return an aware datetime as ISO 8601 with milliseconds and Z."""
    if timestamp.tzinfo is None:
        raise ValueError("a timestamp needs a time zone")
    text = timestamp.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
