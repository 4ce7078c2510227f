"""DescribeStackResource(s) and ListStackResources show each resource's own status.

moto shows the stack's status and a timestamp of 2010 for every resource, and no physical id for
those whose model has none (a Lambda permission).
"""

from typing import Any

from moto.cloudformation import responses
from moto.core.responses import ActionResult

from embedded_aws.patching import wrap
from embedded_aws.stacks.life import ResourceState


def install() -> None:
    """Patch the API's view of a resource."""
    wrap(responses, "StackResourceDTO", _make_dto)
    wrap(responses.CloudFormationResponse, "list_stack_resources", _make_list)


def _make_dto(original: Any) -> Any:
    class StackResource(original):  # type: ignore[misc]
        def __init__(self, stack: Any, resource: Any) -> None:
            super().__init__(stack, resource)
            if isinstance(resource, ResourceState):
                self.logical_resource_id = resource.logical_id
                self.physical_resource_id = resource.physical_id
                self.resource_type = resource.resource_type
                self.resource_status = resource.status
                self.resource_status_reason = resource.status_reason
                self.timestamp = self.last_updated_timestamp = resource.changed_at

    return StackResource


def _make_list(original: Any) -> Any:
    def list_stack_resources(self: Any) -> ActionResult:
        _, resources = self.cloudformation_backend.list_stack_resources(
            self._get_param("StackName")
        )
        if not all(isinstance(resource, ResourceState) for resource in resources):
            answer: ActionResult = original(self)
            return answer
        return ActionResult(
            {
                "StackResourceSummaries": [
                    {
                        "LogicalResourceId": resource.logical_id,
                        "PhysicalResourceId": resource.physical_id,
                        "ResourceType": resource.resource_type,
                        "ResourceStatus": resource.status,
                        "ResourceStatusReason": resource.status_reason,
                        "LastUpdatedTimestamp": resource.changed_at,
                    }
                    for resource in resources
                ]
            }
        )

    return list_stack_resources
