"""A stack's bucket is as its template says, and is not deleted while it has objects.

moto ignores the VersioningConfiguration and the EventBridgeConfiguration of a template, and deletes
the objects with the stack. AWS fails the deletion instead.
"""

from typing import Any

from moto.s3.exceptions import BucketNotEmpty
from moto.s3.models import FakeBucket, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.patching import wrap


def install() -> None:
    """Patch how CloudFormation creates, changes and deletes a bucket."""
    wrap(FakeBucket, "create_from_cloudformation_json", _make_configured)
    wrap(FakeBucket, "update_from_cloudformation_json", _make_configured)
    wrap(FakeBucket, "delete_from_cloudformation_json", _make_delete)


def _make_configured(original: Any) -> Any:
    def make(cls: Any, *arguments: Any, **named: Any) -> Any:
        bucket = original(cls, *arguments, **named)
        # Both receive the resource as CloudFormation has it, under this name or as an argument.
        given = [one for one in (*arguments, *named.values()) if isinstance(one, dict)]
        properties: Any = next((one["Properties"] for one in given if "Properties" in one), {})
        status = properties.get("VersioningConfiguration", {}).get("Status")
        if status is not None:
            bucket.versioning_status = status
        notifications = properties.get("NotificationConfiguration")
        if notifications is not None:
            # moto knows no other destination in a template.
            chosen = notifications.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")
            is_on = chosen in (True, "true")
            bucket.set_notification_configuration({"EventBridgeConfiguration": {}} if is_on else {})
        return bucket

    return make


def _make_delete(original: Any) -> Any:
    def delete(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> None:
        backend = s3_backends[account_id][get_partition(region_name)]
        if backend.get_bucket(resource_name).keys:
            raise BucketNotEmpty(bucket_name=resource_name)
        original(cls, resource_name, cloudformation_json, account_id, region_name)

    return delete
