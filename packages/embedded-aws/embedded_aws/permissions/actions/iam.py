"""IAM: roles, their policies, and instance profiles."""

from embedded_aws.permissions.actions.shapes import (
    on_everything,
    on_resource,
    pass_role,
    tag_context,
    tags_from,
)
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.principals import iam_backend
from embedded_aws.permissions.trust import find_role

_SERVICE = "ec2.amazonaws.com"


def role_arn(name: str, path: str = "/") -> str:
    """Return the ARN of a role; an existing role's own path takes precedence."""
    backend = iam_backend()
    found = next((one for one in list(backend.roles.values()) if one.name == name), None)
    if found is not None:
        return str(found.arn)
    return f"arn:aws:iam::{backend.account_id}:role{path}{name}"


def profile_arn(name: str, path: str = "/") -> str:
    """Return the ARN of an instance profile; an existing profile's own path takes precedence."""
    backend = iam_backend()
    found = backend.instance_profiles.values()
    known = next((one for one in list(found) if one.name == name), None)
    if known is not None:
        return str(known.arn)
    return f"arn:aws:iam::{backend.account_id}:instance-profile{path}{name}"


def _role(call: Call) -> str:
    return role_arn(call.text("RoleName"), call.text("Path") or "/")


def _profile(call: Call) -> str:
    return profile_arn(call.text("InstanceProfileName"), call.text("Path") or "/")


def _create_role(call: Call) -> list[Demand]:
    boundary = call.text("PermissionsBoundary")
    context = (("iam:permissionsboundary", boundary),) if boundary else ()
    tags = tags_from(call.params.get("Tags"))
    about_tags: tuple[tuple[str, str | tuple[str, ...]], ...] = (
        ("aws:tagkeys", tuple(tags)),
        *tag_context("aws:RequestTag", tags),
    )
    tagging = [Demand("iam:TagRole", _role(call), about_tags)] if tags else []
    return [Demand(f"iam:{call.operation}", _role(call), context), *tagging]


def _on_policies(call: Call) -> list[Demand]:
    """Return what a change of a role's policies needs: a condition may require its boundary."""
    arn, policy = _role(call), call.text("PolicyArn")
    boundary = getattr(find_role(arn), "permissions_boundary_arn", None)
    found = {"iam:permissionsboundary": boundary, "iam:policyarn": policy}
    context = tuple((key, str(value)) for key, value in found.items() if value)
    return [Demand(f"iam:{call.operation}", arn, context)]


def _add_role(call: Call) -> list[Demand]:
    demand = Demand("iam:AddRoleToInstanceProfile", _profile(call))
    return [demand, *pass_role(_role(call), _SERVICE)]


DEMANDS = {
    **on_everything("ListRoles", "ListInstanceProfiles", "ListPolicies"),
    **on_resource(
        _role,
        "DeleteRole",
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListInstanceProfilesForRole",
        "ListRolePolicies",
        "ListRoleTags",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
    ),
    **on_resource(
        _profile,
        "CreateInstanceProfile",
        "DeleteInstanceProfile",
        "GetInstanceProfile",
        "RemoveRoleFromInstanceProfile",
    ),
    "AddRoleToInstanceProfile": _add_role,
    "AttachRolePolicy": _on_policies,
    "DeleteRolePolicy": _on_policies,
    "DetachRolePolicy": _on_policies,
    "PutRolePolicy": _on_policies,
    "CreateRole": _create_role,
    "PutRolePermissionsBoundary": _create_role,
}
