"""Updates can change log groups, rules and permissions of functions.

moto updates neither AWS::Logs::LogGroup nor AWS::Lambda::Permission, and renames a changed rule,
which keeps its name on AWS.
"""

from typing import Any

from moto.awslambda.models import Permission, lambda_backends
from moto.events.models import Rule
from moto.logs.models import LogGroup

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the three types."""
    wrap(LogGroup, "update_from_cloudformation_json", _make_update_log_group)
    wrap(Rule, "update_from_cloudformation_json", _make_update_rule)
    wrap(Permission, "create_from_cloudformation_json", _make_create_permission)
    wrap(Permission, "update_from_cloudformation_json", _make_update_permission)


def _make_update_log_group(original: Any) -> Any:
    def update(cls: Any, original_resource: Any, **request: Any) -> Any:
        properties = request["cloudformation_json"]["Properties"]
        if properties.get("LogGroupName", original_resource.name) != original_resource.name:
            made = cls.create_from_cloudformation_json(
                properties["LogGroupName"],
                request["cloudformation_json"],
                request["account_id"],
                request["region_name"],
            )
            original_resource.delete(request["account_id"], request["region_name"])
            return made
        days = properties.get("RetentionInDays")
        original_resource.retention_in_days = None if days is None else int(days)
        original_resource.kms_key_id = properties.get("KmsKeyId")
        return original_resource

    return update


def _make_update_rule(original: Any) -> Any:
    def update(cls: Any, original_resource: Any, **request: Any) -> Any:
        properties = request["cloudformation_json"]["Properties"]
        request["new_resource_name"] = properties.get("Name", original_resource.name)
        return original(cls, original_resource=original_resource, **request)

    return update


def _make_create_permission(original: Any) -> Any:
    def create(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        name = cloudformation_json["Properties"]["FunctionName"]
        policy = lambda_backends[account_id][region_name].get_function(name).policy
        permission = original(
            cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
        )
        permission.policy, permission.statement = policy, policy.statements[-1]
        return permission

    return create


def _make_update_permission(original: Any) -> Any:
    def update(cls: Any, original_resource: Any, **request: Any) -> Any:
        original_resource.policy.statements.remove(original_resource.statement)
        return cls.create_from_cloudformation_json(
            request["new_resource_name"],
            request["cloudformation_json"],
            request["account_id"],
            request["region_name"],
        )

    return update
