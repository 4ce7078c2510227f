"""A stack's ECR repository is as its template says, and keeps images unless EmptyOnDelete is set.

moto gives it a name with capital letters, reads neither ScanOnPush nor LifecyclePolicy from a
template, and never deletes a repository that holds images.
"""

from typing import Any

from moto.ecr.models import Repository, ecr_backends

from embedded_aws.patching import wrap

_EMPTIES = "embedded_empty_on_delete"


def install() -> None:
    """Patch how CloudFormation creates, changes and deletes a repository."""
    wrap(Repository, "create_from_cloudformation_json", _make_create)
    wrap(Repository, "update_from_cloudformation_json", _make_update)
    wrap(Repository, "delete", _make_delete)


def _make_create(original: Any) -> Any:
    def create(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **named: Any,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        name = properties.get("RepositoryName") or resource_name.lower()
        made = original(cls, name, cloudformation_json, account_id, region_name, **named)
        return _configured(made, properties)

    return create


def _make_update(original: Any) -> Any:
    def update(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        name = properties.get("RepositoryName") or original_resource.name
        made = original(cls, original_resource, name, cloudformation_json, account_id, region_name)
        return _configured(made, properties)

    return update


def _configured(repository: Any, properties: dict[str, Any]) -> Any:
    scanning = properties.get("ImageScanningConfiguration", {})
    is_scanned = scanning.get("ScanOnPush") in (True, "true")
    repository.image_scanning_configuration = {"scanOnPush": is_scanned}
    text = properties.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
    repository.lifecycle_policy = None
    if text is not None:
        backend = ecr_backends[repository.account_id][repository.region_name]
        backend.put_lifecycle_policy(repository.registry_id, repository.name, text)
    setattr(repository, _EMPTIES, properties.get("EmptyOnDelete") in (True, "true"))
    return repository


def _make_delete(original: Any) -> Any:
    def delete(self: Any, account_id: str, region_name: str) -> None:
        if getattr(self, _EMPTIES, False):
            ecr_backends[account_id][region_name].delete_repository(self.name, force=True)
            return
        original(self, account_id, region_name)

    return delete
