"""What the orchestration of runs used, summed up from a meter and the histories of the runs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from embedded_aws.metering.meter import STATE_MACHINE, ApiCall, Invocation, Meter
from embedded_aws.metering.transitions import count_transitions

_MB_PER_GB = 1024
_MS_PER_SECOND = 1000
# S3 bills these ten to twelve times dearer than every other request; deletions are free.
_S3_DEAR = frozenset(
    {"PutObject", "CopyObject", "PostObject", "CreateMultipartUpload", "UploadPart"}
    | {"CompleteMultipartUpload", "ListObjects", "ListObjectsV2", "ListBuckets"}
)
_S3_FREE = frozenset({"DeleteObject", "DeleteObjects", "DeleteBucket", "AbortMultipartUpload"})


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts of what is billed, and of what only counts against quotas.

    `api_calls` are those of functions and states, as `service:Action`, and `object_events` what S3
    sent to EventBridge because of them; calls of trainers and observers are left out. The children
    of a Distributed Map count as executions of their own. `gb_seconds` are by architecture, and
    include an init for every invocation, as if none had found a warm process: invocations that are
    hours apart find none.
    """

    state_transitions: int
    history_events: int
    invocations: Mapping[str, int]
    gb_seconds: Mapping[str, Decimal]
    api_calls: Mapping[str, int]
    write_units: int
    read_units: int
    log_bytes: int
    dear_s3_requests: int
    other_s3_requests: int
    object_events: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a meter's counts, from which a later usage is counted."""

    calls: int = 0
    invocations: int = 0
    events: int = 0
    map_children: int = 0


def mark(meter: Meter) -> Mark:
    """Return the present point."""
    return Mark(
        len(meter.calls), len(meter.invocations), len(meter.events), len(meter.map_children)
    )


def usage_since(
    meter: Meter, since: Mark, histories: Iterable[Sequence[Mapping[str, Any]]]
) -> Usage:
    """Return the usage since then.

    Args:
        meter: the meter of the embedded AWS.
        since: where to start counting.
        histories: all events of each execution to count.
    """
    invocations = meter.invocations[since.invocations :]
    known = {one.function_name for one in meter.invocations} | {STATE_MACHINE}
    calls = [call for call in meter.calls[since.calls :] if call.caller in known]
    runs = [list(history) for history in histories]
    children = meter.map_children[since.map_children :]
    s3_actions = [call.action for call in calls if call.service == "s3"]
    dear = sum(action in _S3_DEAR for action in s3_actions)
    return Usage(
        state_transitions=sum(count_transitions(history) for history in runs)
        + sum(child.state_transitions for child in children),
        history_events=sum(len(history) for history in runs)
        + sum(child.history_events for child in children),
        invocations=Counter(one.function_name for one in invocations),
        gb_seconds=_gb_seconds(invocations),
        api_calls=_by_action(calls),
        write_units=sum(call.write_units for call in calls),
        read_units=sum(call.read_units for call in calls),
        log_bytes=sum(one.log_bytes for one in invocations),
        dear_s3_requests=dear,
        object_events=sum(
            event.source == "aws.s3" and event.caller in known
            for event in meter.events[since.events :]
        ),
        other_s3_requests=len(s3_actions) - dear - sum(one in _S3_FREE for one in s3_actions),
    )


def add_usage(one: Usage, other: Usage, times: int = 1) -> Usage:
    """Return a usage with another one added, as often as wanted."""
    sums = {
        field.name: _added(getattr(one, field.name), getattr(other, field.name), times)
        for field in fields(Usage)
    }
    return Usage(**sums)


def _added(one: Any, other: Any, times: int) -> Any:
    if not isinstance(one, Mapping):
        return one + times * other
    names = sorted({*one, *other})
    return {name: one.get(name, 0) + times * other.get(name, 0) for name in names}


def _gb_seconds(invocations: Iterable[Invocation]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in invocations:
        billed_ms = one.init_ms + one.duration_ms
        took = Decimal(billed_ms * one.memory_mb) / (_MS_PER_SECOND * _MB_PER_GB)
        found[one.architecture] = found.get(one.architecture, Decimal(0)) + took
    return found


def _by_action(calls: Iterable[ApiCall]) -> dict[str, int]:
    counted = Counter(f"{call.service}:{call.action}" for call in calls)
    return dict(sorted(counted.items()))
