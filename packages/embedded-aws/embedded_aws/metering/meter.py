"""Counts calls, invocations and events of one embedded AWS, each with its timestamp."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.context import Context

ADMINISTRATOR = "administrator"
STATE_MACHINE = "StepFunctions"

_SERVICE = "meter"
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request to a service.

    `caller` is a function's name, `StepFunctions` for the calls of states, an instance's id, a
    user's name, or `administrator`; if roles are not enforced, every caller is the administrator.
    `service` and `action` are botocore's names. `write_units` and `read_units` are DynamoDB's.
    """

    caller: str
    service: str
    action: str
    at: datetime
    write_units: int = 0
    read_units: int = 0


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation of a function.

    `duration_ms` is the handler's own time, `init_ms` the start-up time of its process, for this
    invocation if `is_cold`, else for an earlier one. Both are measured on this machine.
    `log_bytes` is what CloudWatch Logs would bill as ingested.
    """

    function_name: str
    at: datetime
    duration_ms: int
    init_ms: int
    is_cold: bool
    memory_mb: int
    architecture: str
    is_error: bool
    log_bytes: int


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event that an AWS service sent to EventBridge.

    `caller` is the caller of the request that it reports, as in `ApiCall`.
    """

    source: str
    resource_arn: str
    detail: Mapping[str, Any]
    at: datetime
    caller: str = ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class MapChild:
    """A child of a Distributed Map that has ended: its history is its own, and is not kept."""

    history_events: int
    state_transitions: int


@dataclass(slots=True)
class Meter:
    """The counts of one embedded AWS; they grow from its start to its end."""

    calls: list[ApiCall] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    events: list[SentEvent] = field(default_factory=list)
    map_children: list[MapChild] = field(default_factory=list)

    # list.append is atomic, so what only grows needs no lock.
    def count_call(self, call: ApiCall) -> None:
        """Add a request."""
        self.calls.append(call)

    def count_invocation(self, invocation: Invocation) -> None:
        """Add an invocation of a function."""
        self.invocations.append(invocation)

    def count_event(self, event: SentEvent) -> None:
        """Add an event."""
        self.events.append(event)

    def count_map_child(self, child: MapChild) -> None:
        """Add a child of a Distributed Map."""
        self.map_children.append(child)


def meter_of(context: Context) -> Meter:
    """Return the meter of an embedded AWS."""
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, Meter):
            found = context.services[_SERVICE] = Meter()
        return found
