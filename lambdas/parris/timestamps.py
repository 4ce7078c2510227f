"""Moments in time as payloads carry them: ISO-8601 in UTC, ending in Z."""

from datetime import UTC, datetime

from parris.payloads import Payload, maybe_text_in


def parse_timestamp(text: str) -> datetime:
    """Return the aware UTC datetime that an ISO-8601 text means.

    Raises:
        ValueError: when the text is no moment or has no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def maybe_timestamp_in(payload: Payload, key: str) -> datetime | None:
    """Return the timestamp that a payload holds under a key, None where it holds none.

    Raises:
        ValueError: when the text is no moment or has no time zone.
    """
    text = maybe_text_in(payload, key)
    return None if text is None else parse_timestamp(text)


def format_timestamp(moment: datetime) -> str:
    """Return an aware datetime as ISO-8601 with milliseconds and Z."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
