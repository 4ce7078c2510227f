"""Parameters, capabilities and resource types are checked before anything is created.

AWS refuses YAML aliases, values that a parameter's declaration does not allow, parameters that the
template does not have, IAM resources and transforms that the request does not acknowledge, and
unknown types. moto refuses only missing values, and skips an unknown type with a warning.
"""

from typing import Any

from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse

from embedded_aws.gaps.cloudformation.sam_transform import SAM, read_template
from embedded_aws.patching import wrap
from embedded_aws.stacks.template_checks import check_capabilities, check_template, refuse_aliases


def install() -> None:
    """Patch the places where a request's template and parameters are combined."""
    wrap(Stack, "_create_resource_map", _make_create_resource_map)
    wrap(ChangeSet, "__init__", _make_change_set_init)
    wrap(CloudFormationBackend, "update_stack", _make_update_stack)
    for name in ("create_stack", "update_stack", "create_change_set"):
        wrap(CloudFormationResponse, name, _with_capabilities(name))
    for name in ("get_template_summary", "validate_template"):
        wrap(CloudFormationResponse, name, _refusing_aliases(name))


def _refusing_aliases(name: str) -> Any:
    def make(original: Any) -> Any:
        def action(self: Any) -> Any:
            refuse_aliases(self._get_param("TemplateBody") or "")
            return original(self)

        return action

    make.__qualname__ = f"_refusing_aliases.{name}"
    return make


def _make_create_resource_map(original: Any) -> Any:
    def create_resource_map(self: Any) -> Any:
        if self.template_dict:
            check_template(self.template_dict, self.parameters)
        return original(self)

    return create_resource_map


def _make_change_set_init(original: Any) -> Any:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        check_template(
            read_template(kwargs["template"], kwargs["parameters"]), kwargs["parameters"]
        )
        original(self, *args, **kwargs)

    return init


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
        resolved = self._resolve_update_parameters(instance=stack, incoming_params=parameters)
        check_template(read_template(template, resolved), resolved)
        return original(self, name, template, role_arn, parameters, tags)

    return update_stack


def _with_capabilities(name: str) -> Any:
    def make(original: Any) -> Any:
        def action(self: Any) -> Any:
            url = self._get_param("TemplateURL")
            body = self._get_stack_from_s3_url(url) if url else self._get_param("TemplateBody")
            if body:
                refuse_aliases(body)
                # A change set shows the result of a transform before anything is created.
                has_transform = name != "create_change_set" and SAM in body
                template = read_template(body, {})
                check_capabilities(template, self._get_param("Capabilities", []), has_transform)
            return original(self)

        return action

    make.__qualname__ = f"_with_capabilities.{name}"
    return make
