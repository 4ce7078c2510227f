"""Executing a change set takes time as well, and produces outputs.

moto executes it inside the call, never computes the outputs of a stack made by one, keeps the old
template, and does not notice that nothing changed when a parameter keeps its previous value.
"""

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack

from embedded_aws.patching import wrap
from embedded_aws.stacks.creation import begin_creation
from embedded_aws.stacks.life import StackLife, life_of
from embedded_aws.stacks.update import begin_update


def install() -> None:
    """Patch the backend and the comparison of parameters."""
    wrap(CloudFormationBackend, "create_change_set", _make_create_change_set)
    wrap(CloudFormationBackend, "execute_change_set", _make_execute_change_set)
    wrap(Stack, "has_parameters", _make_has_parameters)


def _make_create_change_set(original: Any) -> Any:
    def create_change_set(self: Any, stack_name: str, **request: Any) -> Any:
        living = next((s for s in self.stacks.values() if s.name == stack_name), None)
        if request["change_set_type"] == "CREATE" and living is not None:
            if living.status != "REVIEW_IN_PROGRESS":
                raise AlreadyExistsException(f"Stack [{stack_name}] already exists")
            del self.stacks[living.stack_id]
        return original(self, stack_name=stack_name, **request)

    return create_change_set


def _make_execute_change_set(original: Any) -> Any:
    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        change_set.execution_status = "EXECUTE_COMPLETE"
        if change_set.change_set_type == "CREATE":
            _take_over(stack, change_set)
            begin_creation(self, stack, StackLife())
            return
        life = life_of(stack)
        if life is None:
            original(self, change_set_name, stack_name)
            return

        def apply() -> None:
            stack.resource_map.update(change_set.template_dict, change_set.parameters)
            stack.template, stack.template_dict = change_set.template, change_set.template_dict
            stack.parameters = change_set.parameters
            stack.description = change_set.template_dict.get("Description")

        begin_update(self, stack, life, apply)

    return execute_change_set


def _take_over(stack: Stack, change_set: ChangeSet) -> None:
    stack.template, stack.parameters = change_set.template, change_set.parameters
    stack.template_dict = change_set.template_dict
    stack.description = change_set.template_dict.get("Description")
    stack.resource_map = stack._create_resource_map()


def _make_has_parameters(original: Any) -> Any:
    def has_parameters(self: Any, other_parameters: dict[str, Any]) -> bool:
        resolved = self.resource_map.resolved_parameters
        return all(str(resolved.get(name)) == str(v) for name, v in other_parameters.items())

    return has_parameters
