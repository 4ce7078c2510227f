"""Timestamps are RFC 3339 with milliseconds and `Z`, as in `2026-03-04T05:06:07.089Z`.

AWS writes this form into the context object, and reads any RFC 3339 timestamp in Choice and Wait.
moto writes `+00:00` with microseconds into the context, silently compares False when a Choice reads
its own form, refuses offsets, and makes Wait use the machine's local time.
"""

import math
from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations import (  # noqa: E501
    is_operator,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import timestamp
from moto.stepfunctions.parser.backend import execution_worker

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the context object, the Choice operators and the Wait state."""
    wrap(state_module, "StateData", _with_formatted("EnteredTime"))
    wrap(execution_worker, "ExecutionData", _with_formatted("StartTime"))
    wrap(is_operator.IsTimestamp, "string_to_timestamp", lambda original: parse_timestamp)
    wrap(timestamp.Timestamp, "_from_timestamp_string", lambda original: parse_timestamp)
    wrap(timestamp.Timestamp, "_get_wait_seconds", _make_get_wait_seconds)


def format_timestamp(timestamp: datetime | str) -> str:
    """Return a timestamp in the form of the Step Functions context object."""
    aware = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else timestamp
    utc = aware.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime | None:
    """Return the time of an RFC 3339 timestamp, or None if it is invalid."""
    try:
        timestamp = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return timestamp.astimezone(UTC) if timestamp.tzinfo and "T" in text else None


def _with_formatted(field: str) -> Any:
    def make(original: Any) -> Any:
        def build(**values: Any) -> Any:
            return original(**{**values, field: format_timestamp(values[field])})

        return build

    make.__qualname__ = f"_with_formatted.{field}"
    return make


def _make_get_wait_seconds(original: Any) -> Any:
    def get_wait_seconds(self: Any, env: Any) -> int:
        self.string.eval(env=env)
        text = env.stack.pop()
        timestamp = parse_timestamp(text)
        if timestamp is None:
            raise FailureEventException(self._create_failure_event(env, text))
        # Rounded up: a Wait may end late, but never early.
        return math.ceil((timestamp - datetime.now(UTC)).total_seconds())

    return get_wait_seconds
