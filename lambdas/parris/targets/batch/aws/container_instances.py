"""ECS and EC2: the machine on which a job's container runs. It is known only while that is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

_SPOT = "spot"
_NOT_FOUND = frozenset({"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"})


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance of a compute environment."""

    instance_id: str
    instance_type: str
    zone: str
    is_spot: bool


class ContainerInstances:
    """The instances that have joined the clusters of Batch."""

    def __init__(self, ecs: Any, ec2: Any) -> None:
        self._ecs = ecs
        self._ec2 = ec2

    @translates_errors
    def find(self, container_instance_arn: str) -> Machine | None:
        """Return the instance, or None if it is gone."""
        cluster = container_instance_arn.split("/")[1]
        listed = self._ecs.describe_container_instances(
            cluster=cluster, containerInstances=[container_instance_arn]
        )["containerInstances"]
        instance_id = listed[0].get("ec2InstanceId", "") if listed else ""
        if not instance_id:
            return None
        try:
            response = self._ec2.describe_instances(InstanceIds=[instance_id])
        except ClientError as err:
            if code_of(err) in _NOT_FOUND:
                return None
            raise
        found = [one for group in response["Reservations"] for one in group["Instances"]]
        if not found:
            return None
        return Machine(
            instance_id,
            found[0]["InstanceType"],
            found[0].get("Placement", {}).get("AvailabilityZone", ""),
            found[0].get("InstanceLifecycle") == _SPOT,
        )
