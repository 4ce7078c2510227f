"""Creates, updates and describes one resource of a stack, with its events and its state."""

import copy
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends

from embedded_aws.permissions.stack_resources import (
    StackResource,
    require_creation,
    require_update,
)
from embedded_aws.stacks.life import ResourceState, StackLife, life_of, set_resource_status
from embedded_aws.stacks.reasons import error_reason
from embedded_aws.stacks.struck import strike_resource


class StackCancelledError(Exception):
    """The stack is being deleted while it is still being created."""


class ResourceFailedError(Exception):
    """A resource could not be created; its stack's events say why."""


class UpdateUnsupportedError(Exception):
    """The embedded AWS does not model an update of this resource."""


def find_stack(stack_id: str, account_id: str, region_name: str) -> Any:
    """Return moto's stack with that id, or None while moto is still constructing it."""
    return cloudformation_backends[account_id][region_name].stacks.get(stack_id)


def create_resource(
    stack: Any, life: StackLife, logical_id: str, resource_json: dict[str, Any], resource_map: Any
) -> Any:
    """Create a resource and all that it refers to, and return moto's model of it.

    Raises:
        StackCancelledError: when the stack's deletion was requested meanwhile.
        ResourceFailedError: when it, or one that it refers to, cannot be created.
    """
    if stack.status == "DELETE_IN_PROGRESS":
        raise StackCancelledError(stack.stack_id)
    condition = resource_json.get("Condition")
    if condition and not resource_map.lazy_condition_map[condition]:
        return None
    resource = ResourceState(logical_id, resource_json["Type"], {})
    try:
        parsed = parsing.parse_resource_and_generate_name(logical_id, resource_json, resource_map)
        if parsed is None:
            return None
        model_class, resolved_json, physical_name = parsed
        # A copy, because some of moto's models modify their arguments.
        resource.properties = copy.deepcopy(resolved_json["Properties"])
        set_resource_status(stack, resource, "CREATE_IN_PROGRESS")
        strike_resource("Create", stack, resource.resource_type, life.actor)
        require_creation(life.actor, described(stack, resource, physical_name))
        model = model_class.create_from_cloudformation_json(
            physical_name,
            resolved_json,
            stack.account_id,
            stack.region_name,
            LogicalId=logical_id,
            StackId=stack.stack_id,
            ResourceType=resource.resource_type,
        )
    except (StackCancelledError, ResourceFailedError):
        raise
    except Exception as error:
        life.resources[logical_id] = resource
        set_resource_status(stack, resource, "CREATE_FAILED", error_reason(error))
        raise ResourceFailedError(logical_id) from error
    model.cf_resource_type = resource.resource_type
    model.logical_resource_id = logical_id
    resource.physical_id = str(getattr(model, "physical_resource_id", None) or physical_name)
    life.resources[logical_id] = resource  # in the order of completion: deletion reverses it
    set_resource_status(stack, resource, "CREATE_COMPLETE")
    return model


def described(stack: Any, resource: ResourceState, physical_id: str) -> StackResource:
    """Return a resource in the form that permission checks use."""
    return StackResource(
        type_name=resource.resource_type,
        properties=resource.properties,
        physical_id=physical_id,
        region=stack.region_name,
        stack_tags=tuple(stack.tags or ()),
    )


def update_resource(
    stack: Any, life: StackLife, logical_id: str, resource_json: dict[str, Any], resource_map: Any
) -> Any:
    """Update a resource, honouring its condition, and return moto's model of it.

    Raises:
        UpdateUnsupportedError: when moto cannot update a changed resource.
    """
    original = resource_map._parsed_resources.get(logical_id)
    condition = resource_json.get("Condition")
    if condition and not resource_map.lazy_condition_map[condition]:
        if original is not None:
            resource_map._delete_resource(original, resource_json)
            set_resource_status(stack, life.resources.pop(logical_id), "DELETE_COMPLETE")
        return None
    if original is None:
        return create_resource(stack, life, logical_id, resource_json, resource_map)
    model_class, resolved_json, name = parsing.parse_resource_and_generate_name(
        logical_id, resource_json, resource_map
    )
    resource = life.resources[logical_id]
    if resolved_json["Properties"] == resource.properties:
        return original
    if hasattr(model_class.update_from_cloudformation_json, "__isabstractmethod__"):
        raise UpdateUnsupportedError(f"no update of {resource.resource_type} is modelled")
    require_update(life.actor, described(stack, resource, resource.physical_id))
    set_resource_status(stack, resource, "UPDATE_IN_PROGRESS")
    properties = copy.deepcopy(resolved_json["Properties"])
    model = model_class.update_from_cloudformation_json(
        original_resource=original,
        new_resource_name=name,
        cloudformation_json=resolved_json,
        account_id=stack.account_id,
        region_name=stack.region_name,
    )
    model.cf_resource_type, model.logical_resource_id = resource.resource_type, logical_id
    resource.properties = properties
    resource.physical_id = str(getattr(model, "physical_resource_id", resource.physical_id))
    set_resource_status(stack, resource, "UPDATE_COMPLETE")
    return model


def freeze_outputs(backend: Any, stack: Any, life: StackLife) -> None:
    """Compute a stack's outputs and exports, once, after its resources are created.

    Raises:
        ValidationError: when another stack exports the same name.
    """
    stack.output_map = stack._create_output_map()
    exports = stack.output_map.exports
    foreign = {e.name for e in backend.exports.values() if e.exporting_stack_id != stack.stack_id}
    for export in exports:
        if export.name in foreign:
            raise ValidationError(
                message=f"Export with name {export.name} is already exported by another stack"
            )
    names = {str(export.value): export.name for export in exports}
    outputs = [output for output in stack.output_map.values() if output is not None]
    life.exports = exports
    backend.exports.update({export.name: export for export in exports})
    life.outputs = [
        {
            "OutputKey": output.key,
            "OutputValue": str(output.value),
            "Description": output.description,
            "ExportName": names.get(str(output.value)),
        }
        for output in outputs
    ]


def life_by_id(stack_id: str, account_id: str, region_name: str) -> tuple[Any, StackLife | None]:
    """Return a stack and its life, each None when there is none."""
    stack = find_stack(stack_id, account_id, region_name)
    return stack, life_of(stack) if stack is not None else None
