"""What CloudFormation needs to create and to delete a resource of a stack.

The lists are those of the resource types' handlers, as far as the embedded AWS models the actions.
A type that is in no list is refused to everybody except the administrator.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from embedded_aws.context import current
from embedded_aws.permissions.acting import SESSION_NAME
from embedded_aws.permissions.actions.ec2 import (
    create_launch_template_demands,
    launch_template_demand,
)
from embedded_aws.permissions.actions.iam import profile_arn, role_arn
from embedded_aws.permissions.actions.shapes import pass_role
from embedded_aws.permissions.authorize import authorize
from embedded_aws.permissions.batch_resources import BATCH_CREATION, BATCH_DELETION
from embedded_aws.permissions.deployment_resources import CREATION, DELETION
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.errors import NotAuthorizedError, NotModelledError
from embedded_aws.permissions.instance_resource import end_needs, launch_needs
from embedded_aws.permissions.network_resources import NETWORK_CREATION, NETWORK_DELETION
from embedded_aws.permissions.principals import Principal

_EC2, _CLOUDFORMATION = "ec2.amazonaws.com", "cloudformation.amazonaws.com"
_CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"


class ResourceDeniedError(Exception):
    """The stack's principal may not do what a resource needs."""

    code = "AccessDenied"
    status_code = 403
    handler_error_code = "AccessDenied"

    def __init__(self, message: str) -> None:
        """Store the message for the stack's events."""
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class StackResource:
    """A resource: its type, its resolved properties, its name or id, and its Region."""

    type_name: str
    properties: dict[str, Any]
    physical_id: str
    region: str
    stack_tags: tuple[str, ...] = ()


_Needs = Callable[[StackResource], Iterable[Demand]]


def require_creation(principal: Principal | None, resource: StackResource) -> None:
    """Raise ResourceDeniedError unless the principal may create the resource."""
    _require(principal, resource, _CREATION)


def require_update(principal: Principal | None, resource: StackResource) -> None:
    """Raise ResourceDeniedError unless the administrator updates: other needs are unknown."""
    _require(principal, resource, {})


def require_deletion(principal: Principal | None, resource: StackResource) -> None:
    """Raise ResourceDeniedError unless the principal may delete the resource."""
    _require(principal, resource, _DELETION)


def _require(
    principal: Principal | None, resource: StackResource, needs: dict[str, _Needs]
) -> None:
    if principal is None:
        return
    try:
        is_custom = resource.type_name.startswith("Custom::")
        type_name = _CUSTOM_RESOURCE if is_custom else resource.type_name
        if type_name not in needs:
            raise NotModelledError(
                f"the embedded AWS does not model what this needs of {resource.type_name}"
            )
        demands = needs[type_name](resource)
        if not principal.arn.endswith(f"/{SESSION_NAME}"):
            demands = map(_through_cloudformation, demands)
        authorize(principal, demands, resource.region)
    except (NotAuthorizedError, NotModelledError) as error:
        raise ResourceDeniedError(str(error)) from error


def _through_cloudformation(demand: Demand) -> Demand:
    """Return the demand of a call that CloudFormation makes with its caller's credentials."""
    return replace(demand, context=(*demand.context, ("aws:calledvia", (_CLOUDFORMATION,))))


def _launch(resource: StackResource) -> Iterable[Demand]:
    return launch_needs(resource.properties, resource.region)


def _terminate(resource: StackResource) -> Iterable[Demand]:
    return end_needs(resource.physical_id, resource.region)


def _create_launch_template(resource: StackResource) -> Iterable[Demand]:
    made = create_launch_template_demands(resource.properties, resource.region)
    return [*made, Demand("ec2:DescribeLaunchTemplates")]


def _delete_launch_template(resource: StackResource) -> Iterable[Demand]:
    name, region = resource.physical_id, resource.region
    deleted = launch_template_demand("DeleteLaunchTemplate", name, region)
    return [Demand("ec2:DescribeLaunchTemplates"), deleted]


def _create_role(resource: StackResource) -> Iterable[Demand]:
    properties = resource.properties
    arn = role_arn(resource.physical_id, properties.get("Path", "/"))
    boundary = properties.get("PermissionsBoundary")
    about = (("iam:permissionsboundary", str(boundary)),) if boundary else ()
    return [
        Demand("iam:CreateRole", arn, about),
        *(
            Demand(f"iam:{verb}RolePolicy", arn, about)
            for verb in ("Put", "Get")
            for _ in properties.get("Policies", [])
        ),
        *(
            Demand("iam:AttachRolePolicy", arn, (*about, ("iam:policyarn", str(policy))))
            for policy in properties.get("ManagedPolicyArns", [])
        ),
        # The stack's own tags apply to its roles, too.
        *([Demand("iam:TagRole", arn)] if properties.get("Tags") or resource.stack_tags else []),
        Demand("iam:GetRole", arn),
    ]


def _delete_role(resource: StackResource) -> Iterable[Demand]:
    properties = resource.properties
    arn = role_arn(resource.physical_id)
    return [
        Demand("iam:GetRole", arn),
        Demand("iam:ListRolePolicies", arn),
        Demand("iam:ListAttachedRolePolicies", arn),
        *(Demand("iam:DeleteRolePolicy", arn) for _ in properties.get("Policies", [])),
        *(
            Demand("iam:DetachRolePolicy", arn, (("iam:policyarn", str(policy)),))
            for policy in properties.get("ManagedPolicyArns", [])
        ),
        Demand("iam:DeleteRole", arn),
    ]


def _create_profile(resource: StackResource) -> Iterable[Demand]:
    properties = resource.properties
    arn = profile_arn(resource.physical_id, properties.get("Path", "/"))
    roles = [role_arn(str(name)) for name in properties.get("Roles", [])]
    return [
        Demand("iam:CreateInstanceProfile", arn),
        *(demand for role in roles for demand in pass_role(role, _EC2)),
        Demand("iam:AddRoleToInstanceProfile", arn),
        Demand("iam:GetInstanceProfile", arn),
    ]


def _delete_profile(resource: StackResource) -> Iterable[Demand]:
    arn = profile_arn(resource.physical_id)
    return [
        Demand("iam:GetInstanceProfile", arn),
        Demand("iam:RemoveRoleFromInstanceProfile", arn),
        Demand("iam:DeleteInstanceProfile", arn),
    ]


def _policy_arn(resource: StackResource) -> str:
    name = str(resource.properties.get("ManagedPolicyName") or resource.physical_id)
    if name.startswith("arn:"):
        return name
    path = resource.properties.get("Path", "/")
    return f"arn:aws:iam::{current().settings.account_id}:policy{path}{name}"


def _create_policy(resource: StackResource) -> Iterable[Demand]:
    arn = _policy_arn(resource)
    return [Demand("iam:CreatePolicy", arn), Demand("iam:GetPolicy", arn)]


def _delete_policy(resource: StackResource) -> Iterable[Demand]:
    actions = ("GetPolicy", "ListEntitiesForPolicy", "ListPolicyVersions", "DeletePolicy")
    return [Demand(f"iam:{action}", _policy_arn(resource)) for action in actions]


def _create_inline_policy(resource: StackResource) -> Iterable[Demand]:
    return _inline_policy_demands(resource, ("Put", "Get"))


def _delete_inline_policy(resource: StackResource) -> Iterable[Demand]:
    return _inline_policy_demands(resource, ("Get", "Delete"))


def _inline_policy_demands(resource: StackResource, verbs: tuple[str, ...]) -> list[Demand]:
    if resource.properties.keys() & {"Users", "Groups"}:
        raise NotModelledError("the embedded AWS models inline policies of roles only")
    return [
        Demand(f"iam:{verb}RolePolicy", role_arn(str(name)))
        for name in resource.properties.get("Roles", [])
        for verb in verbs
    ]


_CREATION: dict[str, _Needs] = {
    **CREATION,
    **BATCH_CREATION,
    **NETWORK_CREATION,
    "AWS::EC2::Instance": _launch,
    "AWS::EC2::LaunchTemplate": _create_launch_template,
    "AWS::IAM::Role": _create_role,
    "AWS::IAM::InstanceProfile": _create_profile,
    "AWS::IAM::ManagedPolicy": _create_policy,
    "AWS::IAM::Policy": _create_inline_policy,
}
_DELETION: dict[str, _Needs] = {
    **DELETION,
    **BATCH_DELETION,
    **NETWORK_DELETION,
    "AWS::EC2::Instance": _terminate,
    "AWS::EC2::LaunchTemplate": _delete_launch_template,
    "AWS::IAM::Role": _delete_role,
    "AWS::IAM::InstanceProfile": _delete_profile,
    "AWS::IAM::ManagedPolicy": _delete_policy,
    "AWS::IAM::Policy": _delete_inline_policy,
}
