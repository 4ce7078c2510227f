"""Filtering by a tag costs next to nothing for each resource.

moto searches the tags of all resources with a pattern for each resource that it shows or filters,
so the time of a call grows with the square of their number. For each of them it also parses the
filter's value again.
"""

import functools
from typing import Any

from moto.ec2 import utils
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the lookups, of all tags and of one, and the patterns."""
    wrap(TaggedEC2Resource, "get_tags", _make_get_tags)
    wrap(utils, "get_obj_tag_values", _make_get_obj_tag_values)
    wrap(utils, "simple_aws_filter_to_re", _make_kept)


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


def _make_get_obj_tag_values(original: Any) -> Any:
    def get_obj_tag_values(obj: Any, key: str | None = None) -> set[str]:
        if key is None or not isinstance(obj, TaggedEC2Resource):
            found: set[str] = original(obj, key)
            return found
        tags = obj.ec2_backend.tags.get(obj.id)  # type: ignore[attr-defined]
        return {tags[key]} if tags and key in tags else set()

    return get_obj_tag_values


def _make_kept(original: Any) -> Any:
    return functools.lru_cache(maxsize=1024)(original)
