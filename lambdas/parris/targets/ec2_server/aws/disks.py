"""EC2: the keys with which the disks of servers are encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ec2 import EC2Client


class Disks:
    """The volumes of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def keys_of(self, volume_ids: Sequence[str]) -> dict[str, str]:
        """Return the ARN of the key of each encrypted volume."""
        found = self._client.describe_volumes(VolumeIds=list(volume_ids))["Volumes"]
        return {one["VolumeId"]: one["KmsKeyId"] for one in found if one.get("KmsKeyId")}
