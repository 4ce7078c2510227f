"""A bucket that still holds objects does not go with its stack.

AWS fails the deletion of the stack; moto throws the objects away.
"""

from typing import Any

from moto.s3.exceptions import BucketNotEmpty
from moto.s3.models import FakeBucket, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the bucket's removal by CloudFormation."""
    wrap(FakeBucket, "delete_from_cloudformation_json", _make_delete)


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
