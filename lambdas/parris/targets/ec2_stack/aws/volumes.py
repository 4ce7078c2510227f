"""EC2: the volumes of jobs, which may outlive their instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.retention.keep_until import keep_until_of
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG, JOB_TAG

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import VolumeTypeDef

_PAGE_SIZE = 500
_NOT_FOUND = "InvalidVolume.NotFound"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume as EC2 describes it. A loose volume is not attached. `keep_until` is a timestamp or
    `always`, or None if the volume is not kept. `is_deleted_with_instance` is true if EC2 deletes
    an attached volume when its instance terminates.
    """

    volume_id: str
    state: str
    execution_arn: str
    deployment: str
    training_job_name: str
    keep_until: str | None
    is_deleted_with_instance: bool = False

    @property
    def is_loose(self) -> bool:
        """Return whether it is not attached."""
        return self.state == "available"


class Volumes:
    """The volumes of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    def all_of(self, execution_arn: str) -> tuple[Volume, ...]:
        """Return all volumes with the execution's tag."""
        return self._tagged(EXECUTION_TAG, execution_arn)

    def of_deployment(self, deployment: str) -> tuple[Volume, ...]:
        """Return all volumes of a deployment."""
        return self._tagged(DEPLOYMENT_TAG, deployment)

    @translates_errors
    def delete(self, volume_id: str) -> None:
        """Delete a volume, if it still exists."""
        try:
            self._client.delete_volume(VolumeId=volume_id)
        except ClientError as err:
            if code_of(err) != _NOT_FOUND:
                raise

    @translates_errors
    def delete_with_instance(self, volume_id: str) -> None:
        """Let EC2 delete an attached volume when its instance terminates."""
        (volume,) = self._client.describe_volumes(VolumeIds=[volume_id])["Volumes"]
        for attached in volume["Attachments"]:
            self._client.modify_instance_attribute(
                InstanceId=attached["InstanceId"],
                BlockDeviceMappings=[
                    {"DeviceName": attached["Device"], "Ebs": {"DeleteOnTermination": True}}
                ],
            )

    @translates_errors
    def _tagged(self, key: str, value: str) -> tuple[Volume, ...]:
        pages = self._client.get_paginator("describe_volumes").paginate(
            Filters=[{"Name": f"tag:{key}", "Values": [value]}],
            PaginationConfig={"PageSize": _PAGE_SIZE},
        )
        return tuple(_volume_from(volume) for page in pages for volume in page["Volumes"])


def _volume_from(found: VolumeTypeDef) -> Volume:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    return Volume(
        volume_id=found["VolumeId"],
        state=found["State"],
        execution_arn=tags.get(EXECUTION_TAG, ""),
        deployment=tags.get(DEPLOYMENT_TAG, ""),
        training_job_name=tags.get(JOB_TAG, ""),
        keep_until=keep_until_of(tags),
        is_deleted_with_instance=any(
            one.get("DeleteOnTermination") is True for one in found.get("Attachments", [])
        ),
    )
