"""An image in Amazon ECR: the parts of its URI, and whether it exists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

_PARTS = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class Existence(Enum):
    """Whether there is such an image; a repository of another account often does not say."""

    EXISTS = "exists"
    NO_REPOSITORY = "no repository"
    NO_IMAGE = "no image"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ImageUri:
    """Where an image is. `tag` is `latest` if the URI has none; a digest takes precedence."""

    account: str
    region: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, uri: str) -> Self | None:
        """Return the parts of a URI, or None if it is not one of Amazon ECR."""
        found = _PARTS.fullmatch(uri)
        if found is None:
            return None
        return cls(
            account=found["account"],
            region=found["region"],
            repository=found["repository"],
            tag=found["tag"] or "latest",
            digest=found["digest"] or "",
        )
