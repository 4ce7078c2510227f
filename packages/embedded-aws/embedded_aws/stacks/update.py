"""Updates a stack in the background, by UpdateStack or by a change set."""

from collections.abc import Callable
from typing import Any

from embedded_aws.context import Context, current
from embedded_aws.stacks.actor import acting_principal
from embedded_aws.stacks.life import StackLife, set_resource_status, set_stack_status
from embedded_aws.stacks.reasons import error_reason
from embedded_aws.stacks.resources import ResourceFailedError, freeze_outputs
from embedded_aws.stacks.waiting import sleep_until


def begin_update(backend: Any, stack: Any, life: StackLife, apply: Callable[[], None]) -> None:
    """Start an update; `apply` changes the resources.

    An update that fails ends as UPDATE_ROLLBACK_FAILED: its changes are not undone.
    """
    life.actor = acting_principal(stack.role_arn)
    with life.changing:
        set_stack_status(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    context = current()
    context.run_in_background(lambda: _update(context, backend, stack, life, apply))


def _update(
    context: Context, backend: Any, stack: Any, life: StackLife, apply: Callable[[], None]
) -> None:
    started_at = context.clock.now()
    with life.working:
        try:
            apply()
            _forget_removed(stack, life)
            freeze_outputs(backend, stack, life)
        except Exception as error:
            with life.changing:
                set_stack_status(stack, "UPDATE_ROLLBACK_FAILED", _reason(life, error))
            return
    if sleep_until(context, started_at, context.settings.stack_create_seconds):
        with life.changing:
            if stack.status == "UPDATE_IN_PROGRESS":
                set_stack_status(stack, "UPDATE_COMPLETE")


def _forget_removed(stack: Any, life: StackLife) -> None:
    for logical_id in list(life.resources):
        if logical_id not in stack.resource_map._resource_json_map:
            stack.resource_map._parsed_resources.pop(logical_id, None)
            set_resource_status(stack, life.resources.pop(logical_id), "DELETE_COMPLETE")


def _reason(life: StackLife, error: Exception) -> str:
    if not isinstance(error, ResourceFailedError):
        return error_reason(error)
    failed = [r for r in life.resources.values() if r.status == "CREATE_FAILED"]
    return "; ".join(f"{r.logical_id}: {r.status_reason}" for r in failed)
