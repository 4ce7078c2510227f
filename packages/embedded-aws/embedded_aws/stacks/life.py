"""The state of a stack beyond moto's model: its request, its resources' states, its lock."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from moto.cloudformation.models import Event

from embedded_aws.clock.lock import ClockLock
from embedded_aws.context import current
from embedded_aws.permissions.principals import Principal
from embedded_aws.stacks.status_event import emit_stack_status


@dataclass(slots=True)
class ResourceState:
    """One resource of a stack, as DescribeStackResources shows it."""

    logical_id: str
    resource_type: str
    properties: dict[str, Any]
    status: str = ""
    status_reason: str | None = None
    physical_id: str = ""
    changed_at: datetime | None = None

    @property
    def logical_resource_id(self) -> str:
        """Return the logical id, under the name that moto uses to look up a resource."""
        return self.logical_id


@dataclass(slots=True)
class StackLife:
    """The part of a stack's life that moto does not model.

    `actor` is the principal of the running operation, None for the administrator.
    `changing` guards the stack's status; `working` is held by the one operation that is running.
    """

    client_request_token: str | None = None
    on_failure: str = "ROLLBACK"
    capabilities: list[str] = field(default_factory=list)
    resources: dict[str, ResourceState] = field(default_factory=dict)
    outputs: list[dict[str, Any]] | None = None
    exports: list[Any] = field(default_factory=list)
    actor: Principal | None = None
    changing: threading.RLock = field(default_factory=threading.RLock)
    working: ClockLock = field(default_factory=ClockLock)


_lives: WeakKeyDictionary[Any, StackLife] = WeakKeyDictionary()


def life_of(stack: Any) -> StackLife | None:
    """Return the life of a stack, or None for one that moto manages by itself (a nested one)."""
    return _lives.get(stack)


def start_life(stack: Any, life: StackLife) -> None:
    """Store `life` as that of `stack`."""
    _lives[stack] = life


def lives_of_all() -> list[tuple[Any, StackLife]]:
    """Return every stack that has a life, with it."""
    return list(_lives.items())


def set_stack_status(stack: Any, status: str, reason: str | None = None) -> None:
    """Change a stack's status, with an event of the stack and of EventBridge."""
    stack.status = status
    stack.stack_status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)
    life = life_of(stack)
    token = life.client_request_token if life is not None else None
    emit_stack_status(stack.stack_id, status, reason, token)


def set_resource_status(
    stack: Any, resource: ResourceState, status: str, reason: str | None = None
) -> None:
    """Change a resource's status, with an event of its stack."""
    resource.status, resource.status_reason = status, reason
    resource.changed_at = current().clock.now()
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=resource.logical_id,
            physical_resource_id=resource.physical_id,
            resource_type=resource.resource_type,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )
