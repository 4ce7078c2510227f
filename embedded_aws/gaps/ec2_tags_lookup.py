"""The tags of an EC2 resource are found by its id.

moto goes through the tags of all resources with a pattern for each resource that it shows or
filters by a tag, so that the time of a call grows with the square of their number.
"""

from typing import Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the lookup."""
    wrap(TaggedEC2Resource, "get_tags", _make_get_tags)


def _make_get_tags(original: Any) -> Any:
    def get_tags(self: Any) -> list[dict[str, str]]:
        tags = self.ec2_backend.tags.get(self.id)
        if not tags:
            return []
        kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
        return [
            {"resource_id": self.id, "key": key, "value": value, "resource_type": kind}
            for key, value in tags.items()
        ]

    return get_tags
