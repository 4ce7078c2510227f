"""Deletes a stack: newest resource first, and only after its instances have terminated."""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance

from embedded_aws.context import Context, current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.permissions.stack_resources import require_deletion
from embedded_aws.stacks.actor import acting_principal
from embedded_aws.stacks.dependencies import dependencies_of
from embedded_aws.stacks.life import (
    ResourceState,
    StackLife,
    life_of,
    set_resource_status,
    set_stack_status,
)
from embedded_aws.stacks.reasons import error_code, error_reason
from embedded_aws.stacks.resources import described
from embedded_aws.stacks.struck import strike_resource
from embedded_aws.stacks.waiting import sleep_until

_TERMINATED_CHECK_SECONDS = 0.1
_ENDING = {"DELETE_IN_PROGRESS", "DELETE_COMPLETE"}


def delete_stack(
    backend: Any, name_or_id: str, role_arn: str | None = None, *, is_forced: bool = False
) -> None:
    """Accept a DeleteStack request; a missing stack, or one being deleted, is success.

    Args:
        backend: moto's CloudFormation backend.
        name_or_id: the stack.
        role_arn: the role that CloudFormation assumes; the stack's own role if not given.
        is_forced: delete the stack even if some resources cannot be deleted: they then stay.
    """
    living = [s for s in backend.stacks.values() if name_or_id in (s.name, s.stack_id)]
    for stack in living:
        if stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is "
                "enabled"
            )
        life = life_of(stack)
        if life is None:
            backend.delete_stack(stack.stack_id)
        else:
            _begin_deletion(backend, stack, life, role_arn, is_forced=is_forced)


def _begin_deletion(
    backend: Any, stack: Any, life: StackLife, role_arn: str | None, *, is_forced: bool
) -> None:
    with life.changing:
        if stack.status in _ENDING:
            return
        if is_forced and stack.status != "DELETE_FAILED":
            raise ValidationError(
                message=f"Stack [{stack.name}] can be force deleted only in DELETE_FAILED state"
            )
        life.actor = acting_principal(role_arn or stack.role_arn)
        set_stack_status(stack, "DELETE_IN_PROGRESS", "User Initiated")
    context = current()
    context.run_in_background(lambda: _delete(context, backend, stack, life, is_forced))


def _delete(context: Context, backend: Any, stack: Any, life: StackLife, is_forced: bool) -> None:
    started_at = context.clock.now()
    with life.working:  # a running creation sees the status at its next resource and ends
        is_failing = faults().take(FaultKind.DELETE_FAILED)
        left = _fail_newest(stack, life) if is_failing else remove_resources(context, stack, life)
        if is_forced:
            left = _let_go(context, stack, life, left)
    if sleep_until(context, started_at, context.settings.stack_delete_seconds):
        finish_deletion(backend, stack, life, left)


def _fail_newest(stack: Any, life: StackLife) -> list[str]:
    for resource in reversed(life.resources.values()):
        set_resource_status(stack, resource, "DELETE_FAILED", "Internal Failure")
        return [resource.logical_id]
    return []


def _let_go(context: Context, stack: Any, life: StackLife, left: list[str]) -> list[str]:
    """Leave resources that cannot be deleted, and continue with the others."""
    while left:
        for logical_id in left:
            set_resource_status(stack, life.resources[logical_id], "DELETE_SKIPPED")
        left = remove_resources(context, stack, life)
    return left


def finish_deletion(backend: Any, stack: Any, life: StackLife, left: list[str]) -> None:
    """Mark a stack as deleted, or as failed to delete when resources are left."""
    with life.changing:
        if left:
            reason = f"The following resource(s) failed to delete: [{', '.join(left)}]. "
            set_stack_status(stack, "DELETE_FAILED", reason)
            return
        for export in life.exports:
            backend.exports.pop(export.name, None)
        stack.deletion_time = current().clock.now().replace(tzinfo=None)
        # The deleted stack is findable by its id before its name is free: there is no gap.
        backend.deleted_stacks[stack.stack_id] = stack
        set_stack_status(stack, "DELETE_COMPLETE")
        backend.stacks.pop(stack.stack_id, None)


def remove_resources(context: Context, stack: Any, life: StackLife) -> list[str]:
    """Delete a stack's resources and return the logical ids of those that could not be deleted.

    Resources are deleted in reverse order of creation; failures are retried after the others,
    because something may still have depended on them. Resources that a remaining one depends on are
    not touched, and not returned.
    """
    gone = ("DELETE_COMPLETE", "DELETE_SKIPPED")
    left = [r for r in reversed(life.resources.values()) if r.status not in gone]
    while left and not context.is_closing.is_set():
        before = len(left)
        for resource in list(left):
            is_needed = _is_needed(stack, resource, left)
            if not is_needed and _remove(context, stack, life, resource):
                left.remove(resource)
        if len(left) == before:
            break
    return [resource.logical_id for resource in left if not _is_needed(stack, resource, left)]


def _is_needed(stack: Any, resource: ResourceState, left: list[ResourceState]) -> bool:
    resources = stack.resource_map._resource_json_map
    return any(
        resource.logical_id in dependencies_of(resources.get(other.logical_id, {}))
        for other in left
        if other is not resource
    )


def _remove(context: Context, stack: Any, life: StackLife, resource: ResourceState) -> bool:
    resource_map = stack.resource_map
    resource_json = resource_map._resource_json_map.get(resource.logical_id, {})
    model = resource_map._parsed_resources.get(resource.logical_id)
    if resource_json.get("DeletionPolicy") == "Retain":
        set_resource_status(stack, resource, "DELETE_SKIPPED")
        return True
    if model is None or isinstance(model, str):
        resource.status = "DELETE_COMPLETE"
        return True
    set_resource_status(stack, resource, "DELETE_IN_PROGRESS")
    try:
        strike_resource("Delete", stack, resource.resource_type, life.actor)
        require_deletion(life.actor, described(stack, resource, resource.physical_id))
        if isinstance(model, Instance):
            _terminate(context, stack, model)
        else:
            resource_map._delete_resource(model, resource_json)
    except Exception as error:
        if not _is_gone(error):
            set_resource_status(stack, resource, "DELETE_FAILED", error_reason(error))
            return False
    resource_map._parsed_resources.pop(resource.logical_id, None)
    set_resource_status(stack, resource, "DELETE_COMPLETE")
    return True


def _terminate(context: Context, stack: Any, instance: Instance) -> None:
    if instance.state != "terminated":
        ec2_backends[stack.account_id][stack.region_name].terminate_instances([instance.id])
    while instance.state != "terminated" and not context.is_closing.is_set():
        context.sleep(_TERMINATED_CHECK_SECONDS)


def _is_gone(error: Exception) -> bool:
    code = error_code(error)
    return any(word in code for word in ("NotFound", "NoSuch", "DoesNotExist", "Missing"))
