"""EC2: whatever carries a deployment's tag, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.reaping import KEEP_ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, TagTypeDef

_PAGE_SIZE = 500
_GONE = "terminated"


@dataclass(frozen=True, slots=True)
class Tagged:
    """An instance or a volume. `keep_until` is None where it carries no such tag."""

    resource_id: str
    state: str
    execution_arn: str
    keep_until: str | None


class TaggedResources:
    """The instances and volumes of this account and Region, by their deployment."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def instances(self, deployment: str) -> tuple[Tagged, ...]:
        """Return every instance that a run of the deployment made and that is not terminated."""
        pages = self._client.get_paginator("describe_instances").paginate(
            Filters=_filters(deployment), PaginationConfig={"PageSize": _PAGE_SIZE}
        )
        return tuple(
            _tagged(one["InstanceId"], one["State"]["Name"], one.get("Tags", []))
            for page in pages
            for group in page["Reservations"]
            for one in group["Instances"]
            if one["State"]["Name"] != _GONE
        )

    @translates_errors
    def volumes(self, deployment: str) -> tuple[Tagged, ...]:
        """Return every volume that a run of the deployment made."""
        pages = self._client.get_paginator("describe_volumes").paginate(
            Filters=_filters(deployment), PaginationConfig={"PageSize": _PAGE_SIZE}
        )
        return tuple(
            _tagged(one["VolumeId"], one["State"], one.get("Tags", []))
            for page in pages
            for one in page["Volumes"]
        )


def _filters(deployment: str) -> list[FilterTypeDef]:
    return [
        {"Name": "tag:parris:deployment", "Values": [deployment]},
        {"Name": "tag-key", "Values": ["parris:execution"]},
    ]


def _tagged(resource_id: str, state: str, pairs: Iterable[TagTypeDef]) -> Tagged:
    tags = {pair["Key"]: pair["Value"] for pair in pairs}
    # A volume that was kept before there were expiries.
    kept_before = KEEP_ALWAYS if "parris:kept" in tags else None
    keep_until = tags.get("parris:keep-until", kept_before)
    return Tagged(resource_id, state, tags["parris:execution"], keep_until)
