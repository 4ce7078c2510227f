"""AWS::IAM::Role has the managed policies that it names, including AWS's own, and can be updated.

moto's CloudFormation ignores ManagedPolicyArns, returns inline policies that are not JSON, has
AWS's managed policies only if all of them are loaded, and updates only the description of a role.
"""

import functools
import json
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, Role, iam_backends
from moto.utilities.utils import get_partition

from embedded_aws.patching import wrap

_AWS_POLICY = "arn:aws:iam::aws:policy/"


def install() -> None:
    """Patch a role of a stack, and the attachment of a policy."""
    wrap(Role, "create_from_cloudformation_json", _make_create)
    wrap(Role, "update_from_cloudformation_json", _make_update)
    wrap(Role, "delete_from_cloudformation_json", _make_delete)
    wrap(IAMBackend, "attach_role_policy", _make_attach)


def _make_create(original: Any) -> Any:
    def create_from_cloudformation_json(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **named: Any,
    ) -> Any:
        role = original(cls, resource_name, cloudformation_json, account_id, region_name, **named)
        role.policies = {name: _as_text(document) for name, document in role.policies.items()}
        for arn in cloudformation_json["Properties"].get("ManagedPolicyArns", []):
            _backend(account_id, region_name).attach_role_policy(str(arn), role.name)
        return role

    return create_from_cloudformation_json


def _make_update(original: Any) -> Any:
    def update_from_cloudformation_json(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        role, properties = original_resource, cloudformation_json["Properties"]
        backend = _backend(account_id, region_name)
        role.description = properties.get("Description", "")
        role.assume_role_policy_document = _as_text(properties["AssumeRolePolicyDocument"])
        role.permissions_boundary_arn = properties.get("PermissionsBoundary", "")
        inline = properties.get("Policies", [])
        role.policies = {one["PolicyName"]: _as_text(one["PolicyDocument"]) for one in inline}
        wanted = [str(arn) for arn in properties.get("ManagedPolicyArns", [])]
        for arn in set(role.managed_policies) - set(wanted):
            backend.detach_role_policy(arn, role.name)
        for arn in wanted:
            if arn not in role.managed_policies:
                backend.attach_role_policy(arn, role.name)
        return role

    return update_from_cloudformation_json


def _make_delete(original: Any) -> Any:
    def delete_from_cloudformation_json(
        cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        backend = _backend(account_id, region_name)
        for role in list(backend.roles.values()):
            if role.name == resource_name:
                for arn in list(role.managed_policies):
                    backend.detach_role_policy(arn, role.name)
        original(cls, resource_name, cloudformation_json, account_id, region_name)

    return delete_from_cloudformation_json


def _make_attach(original: Any) -> Any:
    def attach_role_policy(self: Any, policy_arn: str, role_name: str) -> None:
        if policy_arn.startswith(_AWS_POLICY) and policy_arn not in self.managed_policies:
            name = policy_arn.rsplit("/", 1)[-1]
            known = _aws_policies().get(name)
            if known is not None:
                policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, known)
                self.managed_policies[policy.arn] = policy
        original(self, policy_arn, role_name)

    return attach_role_policy


@functools.cache
def _aws_policies() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found


def _backend(account_id: str, region_name: str) -> Any:
    return iam_backends[account_id][get_partition(region_name)]


def _as_text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)
