"""The AWS::Batch resources of a stack are as its template says, and can be updated and deleted.

moto gives them names of its own, requires a service role, loses tags, platform, timeout and the
keys of inner maps, and neither updates nor deletes them.
"""

from typing import Any

from moto.batch.models import ComputeEnvironment, JobDefinition, JobQueue, batch_backends
from moto.cloudformation.exceptions import ValidationError

from embedded_aws.batch_compute.template_properties import api_form
from embedded_aws.context import current
from embedded_aws.patching import wrap

# A change of anything else needs another compute environment.
_CHANGED_IN_PLACE = frozenset({"minvCpus", "maxvCpus", "desiredvCpus"})


def install() -> None:
    """Patch how CloudFormation creates, changes and deletes them."""
    wrap(ComputeEnvironment, "create_from_cloudformation_json", _make_create_environment)
    wrap(ComputeEnvironment, "update_from_cloudformation_json", _make_update_environment)
    wrap(ComputeEnvironment, "delete_from_cloudformation_json", _make_delete_environment)
    wrap(JobQueue, "create_from_cloudformation_json", _make_create_queue)
    wrap(JobQueue, "update_from_cloudformation_json", _make_update_queue)
    wrap(JobQueue, "delete_from_cloudformation_json", _make_delete_queue)
    wrap(JobDefinition, "create_from_cloudformation_json", _make_create_definition)
    wrap(JobDefinition, "update_from_cloudformation_json", _make_update_definition)
    wrap(JobDefinition, "delete_from_cloudformation_json", _make_delete_definition)


def _make_create_environment(_original: Any) -> Any:
    def create(
        _cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = api_form(cloudformation_json["Properties"])
        made = _backend(account_id, region_name).create_compute_environment(
            properties.get("computeEnvironmentName", resource_name),
            properties["type"].upper(),
            properties.get("state", "ENABLED"),
            properties.get("computeResources"),
            properties.get("serviceRole"),
            properties.get("tags"),
        )
        _await_change()
        return made

    return create


def _make_update_environment(_original: Any) -> Any:
    def update(
        _cls: Any,
        original_resource: Any,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = api_form(cloudformation_json["Properties"])
        before = original_resource.compute_resources or {}
        after = properties.get("computeResources", {})
        changed = {name for name in before | after if before.get(name) != after.get(name)}
        if others := sorted(changed - _CHANGED_IN_PLACE):
            raise ValidationError(
                message="the embedded AWS does not replace a compute environment, as this needs: "
                + ", ".join(others)
            )
        changes = {name: after[name] for name in changed if name in after}
        _backend(account_id, region_name).update_compute_environment(
            original_resource.name,
            properties.get("state", "ENABLED"),
            changes or None,
            properties.get("serviceRole"),
        )
        _await_change()
        return original_resource

    return update


def _make_delete_environment(_original: Any) -> Any:
    def delete(
        _cls: Any,
        resource_name: str,
        _cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> None:
        backend = _backend(account_id, region_name)
        backend.update_compute_environment(resource_name, "DISABLED", None, None)
        _await_change()
        backend.delete_compute_environment(resource_name)
        _await_change()

    return delete


def _make_create_queue(_original: Any) -> Any:
    def create(
        _cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = api_form(cloudformation_json["Properties"])
        made = _backend(account_id, region_name).create_job_queue(
            queue_name=properties.get("jobQueueName", resource_name),
            priority=int(properties["priority"]),
            schedule_policy=properties.get("schedulingPolicyArn"),
            state=properties.get("state", "ENABLED"),
            compute_env_order=_order(properties),
            tags=properties.get("tags"),
        )
        _await_change()
        return made

    return create


def _make_update_queue(_original: Any) -> Any:
    def update(
        _cls: Any,
        original_resource: Any,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = api_form(cloudformation_json["Properties"])
        _backend(account_id, region_name).update_job_queue(
            original_resource.name,
            int(properties["priority"]),
            properties.get("state", "ENABLED"),
            _order(properties),
            properties.get("schedulingPolicyArn"),
        )
        _await_change()
        return original_resource

    return update


def _make_delete_queue(_original: Any) -> Any:
    def delete(
        _cls: Any,
        resource_name: str,
        _cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> None:
        backend = _backend(account_id, region_name)
        backend.update_job_queue(resource_name, None, "DISABLED", None, None)
        _await_change()
        backend.delete_job_queue(resource_name)
        _await_change()

    return delete


def _make_create_definition(_original: Any) -> Any:
    def create(
        _cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = api_form(cloudformation_json["Properties"])
        name = properties.get("jobDefinitionName", resource_name)
        return _registered(name, properties, account_id, region_name)

    return create


def _make_update_definition(_original: Any) -> Any:
    def update(
        _cls: Any,
        original_resource: Any,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        # A change is a new revision, and CloudFormation deregisters the one before.
        properties = api_form(cloudformation_json["Properties"])
        made = _registered(original_resource.name, properties, account_id, region_name)
        original_resource.deregister()
        return made

    return update


def _make_delete_definition(_original: Any) -> Any:
    def delete(
        _cls: Any,
        resource_name: str,
        _cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> None:
        _backend(account_id, region_name).deregister_job_definition(resource_name)

    return delete


def _backend(account_id: str, region_name: str) -> Any:
    return batch_backends[account_id][region_name]


def _await_change() -> None:
    """Wait as CloudFormation does, until a change of an environment or a queue is over."""
    context = current()
    context.sleep(context.settings.batch_delays.environment)


def _registered(name: str, properties: dict[str, Any], account_id: str, region_name: str) -> Any:
    timeout, retry = properties.get("timeout"), properties.get("retryStrategy")
    return _backend(account_id, region_name).register_job_definition(
        def_name=name,
        parameters=properties.get("parameters"),
        _type=properties["type"].lower(),
        tags=properties.get("tags"),
        retry_strategy=retry and {**retry, "attempts": int(retry["attempts"])},
        container_properties=properties.get("containerProperties"),
        node_properties=properties.get("nodeProperties"),
        eks_properties=properties.get("eksProperties"),
        timeout=timeout and {"attemptDurationSeconds": int(timeout["attemptDurationSeconds"])},
        platform_capabilities=properties.get("platformCapabilities"),
        propagate_tags=properties.get("propagateTags") in (True, "true"),
    )


def _order(properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [one | {"order": int(one["order"])} for one in properties["computeEnvironmentOrder"]]
