"""Creating and deleting a stack takes time, runs in the background, and fails with reasons.

AWS returns from CreateStack and DeleteStack at once and works afterwards; a resource that cannot be
created leads to stack events and a rollback. moto does everything inside the call, raises its
errors from it, leaves the stack CREATE_IN_PROGRESS for ever, has no rollback, and creates resources
again when a deleted stack is described. The life of a stack is modelled in embedded_aws/stacks/.
"""

from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from embedded_aws.patching import wrap
from embedded_aws.stacks.creation import create_stack
from embedded_aws.stacks.deletion import delete_stack
from embedded_aws.stacks.life import StackLife, life_of
from embedded_aws.stacks.resources import create_resource, life_by_id, update_resource
from embedded_aws.stacks.update import begin_update


def install() -> None:
    """Patch the API, the stack's descriptions and the creation of resources."""
    wrap(CloudFormationResponse, "create_stack", _make_create_stack)
    wrap(CloudFormationResponse, "delete_stack", _make_delete_stack)
    wrap(CloudFormationBackend, "update_stack", _make_update_stack)
    wrap(parsing, "parse_and_create_resource", _in_life(create_resource))
    wrap(parsing, "parse_and_update_resource", _in_life(update_resource))
    for name in ("outputs", "exports"):
        wrap(Stack, name, _frozen(name))
    wrap(Stack, "stack_resources", _make_stack_resources)


def _make_create_stack(original: Any) -> Any:
    def create_stack_action(self: Any) -> ActionResult:
        url = self._get_param("TemplateURL")
        on_failure = self._get_param("OnFailure") or "ROLLBACK"
        if self._get_bool_param("DisableRollback", False):
            on_failure = "DO_NOTHING"
        life = StackLife(
            client_request_token=self._get_param("ClientRequestToken"),
            on_failure=on_failure,
            capabilities=self._get_param("Capabilities", []),
        )
        stack = create_stack(
            self.cloudformation_backend,
            self._get_param("StackName"),
            life,
            template=self._get_stack_from_s3_url(url) if url else self._get_param("TemplateBody"),
            parameters=self._get_params_from_list(self._get_param("Parameters", [])),
            notification_arns=self._get_param("NotificationARNs", []),
            tags={tag["Key"]: tag["Value"] for tag in self._get_param("Tags", [])},
            role_arn=self._get_param("RoleARN"),
            enable_termination_protection=self._get_param("EnableTerminationProtection"),
            timeout_in_mins=self._get_param("TimeoutInMinutes"),
            stack_policy_body=self._get_param("StackPolicyBody"),
        )
        return ActionResult({"StackId": stack.stack_id})

    return create_stack_action


def _make_delete_stack(original: Any) -> Any:
    def delete_stack_action(self: Any) -> EmptyResult:
        name, role_arn = self._get_param("StackName"), self._get_param("RoleARN")
        is_forced = self._get_param("DeletionMode") == "FORCE_DELETE_STACK"
        delete_stack(self.cloudformation_backend, name, role_arn, is_forced=is_forced)
        return EmptyResult()

    return delete_stack_action


def _make_update_stack(original: Any) -> Any:
    def update_stack(
        self: Any,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Any:
        stack = self.get_stack(name)
        life = life_of(stack)
        if life is None:
            return original(self, name, template, role_arn, parameters, tags)
        resolved = self._resolve_update_parameters(instance=stack, incoming_params=parameters)

        stack.role_arn = role_arn or stack.role_arn

        def apply() -> None:
            stack.template, stack.parameters = template, resolved
            stack._parse_template()
            stack.resource_map.update(stack.template_dict, resolved)
            stack.tags = tags if tags is not None else stack.tags

        begin_update(self, stack, life, apply)
        return stack

    return update_stack


def _in_life(change: Callable[..., Any]) -> Callable[[Any], Any]:
    """Make `change` handle resources of stacks whose life is modelled here, and moto the others."""

    def make(original: Any) -> Any:
        def parse(
            logical_id: str,
            resource_json: dict[str, Any],
            resources_map: Any,
            account_id: str,
            region_name: str,
        ) -> Any:
            stack, life = life_by_id(resources_map.stack_id, account_id, region_name)
            if life is None:
                return original(logical_id, resource_json, resources_map, account_id, region_name)
            return change(stack, life, logical_id, resource_json, resources_map)

        return parse

    return make


def _frozen(name: str) -> Any:
    def make(original: property) -> property:
        def read(self: Any) -> Any:
            life = life_of(self)
            if life is None:
                return original.fget(self)  # type: ignore[misc]
            # moto computes these again each time, and creates missing resources while it does.
            is_shown = name == "exports" or self.status != "CREATE_IN_PROGRESS"
            return getattr(life, name) if is_shown else None

        return property(read)

    make.__qualname__ = f"_frozen.{name}"
    return make


def _make_stack_resources(original: property) -> property:
    def read(self: Any) -> Any:
        life = life_of(self)
        if life is None:
            return original.fget(self)  # type: ignore[misc]
        return list(life.resources.values())

    return property(read)
