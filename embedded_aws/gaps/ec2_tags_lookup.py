"""The tags of an EC2 resource are found by its id.

moto goes through the tags of all resources with a pattern for each resource that it shows or
filters by a tag, so that the time of a call grows with the square of their number.
"""

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.tags import TagBackend

from embedded_aws.patching import wrap

_IDS = "resource-id"
_OF_PATTERNS = frozenset("*?[\\")


def install() -> None:
    """Patch the lookup."""
    wrap(TagBackend, "describe_tags", _make_describe_tags)


def _make_describe_tags(original: Any) -> Any:
    def describe_tags(self: Any, filters: Any = None) -> Any:
        ids = (filters or {}).get(_IDS)
        if not ids or any(_OF_PATTERNS.intersection(one) for one in ids):
            return original(self, filters)
        meant = {one: self.tags[one] for one in ids if one in self.tags}
        few = SimpleNamespace(tags=meant, VALID_TAG_FILTERS=self.VALID_TAG_FILTERS)
        return original(few, filters)

    return describe_tags
