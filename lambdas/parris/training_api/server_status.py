"""The steps of a kind of task, of which GET /status and each view of a job name one."""

from __future__ import annotations

from enum import StrEnum

from parris.payloads import Payload, part_of

_RUNNING = "running"


class ServerStatus(StrEnum):
    """What a kind of task does: nothing, or one step of its job."""

    SLEEPING = "sleeping"
    STARTING = "starting"
    ACTIVE = "active"
    STOPPING = "stopping"


def step_of(state: Payload) -> ServerStatus:
    """Return the step of a running job, from the last state that its execution has entered."""
    if any(part_of(state, part) for part in ("end", "cleanup", "outcome")):
        return ServerStatus.STOPPING
    is_running = part_of(state, "run").get("status") == _RUNNING
    return ServerStatus.ACTIVE if is_running else ServerStatus.STARTING
