"""The tags of an EC2 resource are found by its id, and one of them by its key.

moto goes through the tags of all resources with a pattern for each resource that it shows or
filters by a tag, so that the time of a call grows with the square of their number; and to look at
one tag of a resource it describes them all.
"""

from types import SimpleNamespace
from typing import Any

from moto.ec2 import utils
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.tags import TagBackend

from embedded_aws.patching import wrap

_IDS = "resource-id"
_ONE_TAG = "tag:"
_OF_PATTERNS = frozenset("*?[\\")


def install() -> None:
    """Patch the lookups."""
    wrap(TagBackend, "describe_tags", _make_describe_tags)
    wrap(TaggedEC2Resource, "get_filter_value", _make_get_filter_value)
    wrap(utils, "tag_filter_matches", _make_tag_filter_matches)


def _make_describe_tags(original: Any) -> Any:
    def describe_tags(self: Any, filters: Any = None) -> Any:
        ids = (filters or {}).get(_IDS)
        if not ids or _has_patterns(ids):
            return original(self, filters)
        meant = {one: self.tags[one] for one in ids if one in self.tags}
        few = SimpleNamespace(tags=meant, VALID_TAG_FILTERS=self.VALID_TAG_FILTERS)
        return original(few, filters)

    return describe_tags


def _make_get_filter_value(original: Any) -> Any:
    def get_filter_value(self: Any, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name.startswith(_ONE_TAG):
            return _tag_of(self, filter_name)
        return original(self, filter_name, method_name)

    return get_filter_value


def _make_tag_filter_matches(original: Any) -> Any:
    def tag_filter_matches(obj: Any, filter_name: str, filter_values: list[str]) -> bool:
        if not filter_name.startswith(_ONE_TAG) or _has_patterns(filter_values):
            return bool(original(obj, filter_name, filter_values))
        return _tag_of(obj, filter_name) in filter_values

    return tag_filter_matches


def _tag_of(resource: Any, filter_name: str) -> str | None:
    tags: dict[str, str] = resource.ec2_backend.tags.get(resource.id, {})
    return tags.get(filter_name.removeprefix(_ONE_TAG))


def _has_patterns(values: list[str]) -> bool:
    return any(_OF_PATTERNS.intersection(one) for one in values)
