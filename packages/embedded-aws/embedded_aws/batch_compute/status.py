"""The status of a compute environment or a job queue: each change takes time."""

from datetime import datetime, timedelta
from typing import Any

from moto.batch.exceptions import ClientException

from embedded_aws.context import current

CREATING, UPDATING, DELETING, VALID = "CREATING", "UPDATING", "DELETING", "VALID"
_CHANGE, _UNTIL = "embedded_change", "embedded_change_until"


def begin_change(resource: Any, status: str) -> datetime:
    """Give a resource of moto a status until its change is over, and return when that is."""
    context = current()
    until = context.clock.now() + timedelta(seconds=context.settings.batch_delays.environment)
    setattr(resource, _CHANGE, status)
    setattr(resource, _UNTIL, until)
    return until


def status_of(resource: Any) -> str:
    """Return the present status of a compute environment or a job queue."""
    until = getattr(resource, _UNTIL, None)
    change = getattr(resource, _CHANGE, VALID)
    is_over = until is None or (change != DELETING and current().clock.now() >= until)
    return VALID if is_over else str(change)


def require_unchanging(resource: Any, act: str) -> None:
    """Raise a ClientException, in Batch's own text, while a change of a resource is under way."""
    if status_of(resource) != VALID:
        raise ClientException(f"Cannot {act}, resource is being modified")


def require_deletable(resource: Any, kind: str) -> None:
    """Raise a ClientException unless a resource is disabled and no change of it is under way."""
    if resource.state != "DISABLED":
        raise ClientException(f"Cannot delete, {kind} state must be DISABLED")
    require_unchanging(resource, "delete")


def is_usable(resource: Any) -> bool:
    """Return whether it is enabled and valid."""
    return resource.state != "DISABLED" and status_of(resource) in (VALID, UPDATING)
