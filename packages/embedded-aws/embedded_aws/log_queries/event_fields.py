"""The fields that Logs Insights discovers in a log event.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

_MOST_DISCOVERED = 200
"""What is beyond in the JSON of an event is no field."""


def fields_of(event: Any, stream: str, group: str) -> dict[str, Any]:
    """Return the fields of an event.

    Args:
        event: moto's model of it.
        stream: the name of its stream.
        group: the name of its group.
    """
    written = datetime.fromtimestamp(event.timestamp / 1000, UTC)
    return {
        **dict(islice(_discovered(event.message), _MOST_DISCOVERED)),
        "@timestamp": f"{written:%Y-%m-%d %H:%M:%S}.{written.microsecond // 1000:03}",
        "@message": event.message,
        "@logStream": stream,
        "@log": group,
        "@ptr": event.event_id,
    }


def _discovered(message: str) -> Iterator[tuple[str, Any]]:
    try:
        found = json.loads(message)
    except ValueError:
        return
    if isinstance(found, dict):
        yield from _flat(found, "")


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flat(item, f"{path}.{number}")
    elif value is not None:
        yield path, value
