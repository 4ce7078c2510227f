"""EC2: the volumes of jobs that outlive their instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ec2 import EC2Client

KEPT_TAG = "parris:kept"
"""Marks a volume that holds what could not be verified to be saved: nothing of ours deletes it."""

_NOT_FOUND = "InvalidVolume.NotFound"


class Volumes:
    """The volumes of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def loose_ids_of(self, execution_arn: str) -> tuple[str, ...]:
        """Return the ids of the execution's volumes that are attached to nothing."""
        pages = self._client.get_paginator("describe_volumes").paginate(
            Filters=[
                {"Name": "tag:parris:execution", "Values": [execution_arn]},
                {"Name": "status", "Values": ["available"]},
            ]
        )
        return tuple(volume["VolumeId"] for page in pages for volume in page["Volumes"])

    @translates_errors
    def keep(self, volume_ids: Sequence[str]) -> None:
        """Mark volumes as kept."""
        self._client.create_tags(
            Resources=list(volume_ids),
            Tags=[{"Key": KEPT_TAG, "Value": "its results could not be verified"}],
        )

    @translates_errors
    def delete(self, volume_id: str) -> None:
        """Delete a volume; one that is gone already is fine."""
        try:
            self._client.delete_volume(VolumeId=volume_id)
        except ClientError as err:
            if code_of(err) != _NOT_FOUND:
                raise
