"""Creates a stack: in the background, resource by resource, with rollback when one fails."""

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException
from moto.cloudformation.models import Stack
from moto.cloudformation.utils import generate_stack_id

from embedded_aws.context import Context, current
from embedded_aws.stacks.actor import acting_principal, require_parameters
from embedded_aws.stacks.deletion import finish_deletion, remove_resources
from embedded_aws.stacks.life import (
    StackLife,
    life_of,
    set_stack_status,
    start_life,
)
from embedded_aws.stacks.resources import StackCancelledError, freeze_outputs
from embedded_aws.stacks.waiting import sleep_until

# Each interval is half as long again: an instance may wait long for a place to run.
_READY_CHECK_SECONDS, _LONGEST_CHECK_SECONDS = 0.1, 2.0


def create_stack(backend: Any, name: str, life: StackLife, **request: Any) -> Any:
    """Accept a CreateStack request and return the stack, which is created in the background.

    Args:
        backend: moto's CloudFormation backend.
        name: the stack's name.
        life: what the request contains beyond what moto stores.
        request: the other arguments of moto's Stack.

    Raises:
        AlreadyExistsException: when another request has made a stack with that name.
        ValidationError: when CloudFormation may not assume the role in the request.
    """
    living = next((stack for stack in backend.stacks.values() if stack.name == name), None)
    if living is not None:
        earlier = life_of(living)
        token = life.client_request_token
        if earlier is not None and token and token == earlier.client_request_token:
            return living
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    actor = acting_principal(request.get("role_arn"))
    stack = Stack(  # type: ignore[abstract]
        stack_id=generate_stack_id(name, backend.region_name, backend.account_id),
        name=name,
        account_id=backend.account_id,
        region_name=backend.region_name,
        cross_stack_resources=backend.exports,
        **request,
    )
    require_parameters(actor, stack.template_dict.get("Parameters") or {}, stack.parameters)
    backend.stacks[stack.stack_id] = stack
    begin_creation(backend, stack, life)
    return stack


def begin_creation(backend: Any, stack: Any, life: StackLife) -> None:
    """Start creating the resources of a registered stack."""
    life.actor = acting_principal(stack.role_arn)
    start_life(stack, life)
    stack.disable_rollback = life.on_failure == "DO_NOTHING"
    set_stack_status(stack, "CREATE_IN_PROGRESS", "User Initiated")
    context = current()
    context.run_in_background(lambda: _create(context, backend, stack, life))


def _create(context: Context, backend: Any, stack: Any, life: StackLife) -> None:
    started_at = context.clock.now()
    with life.working:
        try:
            check_seconds = _READY_CHECK_SECONDS
            is_ready = stack.resource_map.create(stack.template_dict)
            while not is_ready and stack.status == "CREATE_IN_PROGRESS":
                if context.is_closing.is_set():
                    return
                context.sleep(check_seconds)
                check_seconds = min(check_seconds * 1.5, _LONGEST_CHECK_SECONDS)
                is_ready = stack.resource_map.creation_complete()
            freeze_outputs(backend, stack, life)
        except StackCancelledError:
            return
        except Exception as error:
            _fail_creation(context, backend, stack, life, error)
            return
    if not sleep_until(context, started_at, context.settings.stack_create_seconds):
        return
    with life.changing:
        if stack.status == "CREATE_IN_PROGRESS":
            set_stack_status(stack, "CREATE_COMPLETE")


def _fail_creation(
    context: Context, backend: Any, stack: Any, life: StackLife, error: Exception
) -> None:
    failed = [r.logical_id for r in life.resources.values() if r.status == "CREATE_FAILED"]
    reason = f"The following resource(s) failed to create: [{', '.join(failed)}]."
    if not failed:  # not a resource: an output or a condition that cannot be resolved
        reason = str(getattr(error, "message", None) or error)
    with life.changing:
        if stack.status != "CREATE_IN_PROGRESS":
            return
        if life.on_failure == "DO_NOTHING":
            set_stack_status(stack, "CREATE_FAILED", reason)
            return
        is_deleting = life.on_failure == "DELETE"
        verb = "DELETE" if is_deleting else "ROLLBACK"
        word = "Delete" if is_deleting else "Rollback"
        set_stack_status(stack, f"{verb}_IN_PROGRESS", f"{reason} {word} requested by user.")
    started_at = context.clock.now()
    left = remove_resources(context, stack, life)
    if not sleep_until(context, started_at, context.settings.stack_delete_seconds):
        return
    with life.changing:
        if is_deleting:
            finish_deletion(backend, stack, life, left)
        elif stack.status == "ROLLBACK_IN_PROGRESS":
            set_stack_status(stack, "ROLLBACK_FAILED" if left else "ROLLBACK_COMPLETE")
