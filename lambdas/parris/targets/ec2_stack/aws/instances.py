"""EC2: the instances and volumes of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.retention.keep_until import KEEP_TAG, keep_until_of
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG, JOB_TAG, ON_TERMINATION_TAG

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef

_PAGE_SIZE = 500
_NOT_FOUND = frozenset({"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"})


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance as EC2 describes it.

    `state_reason` is a code such as `Client.InstanceInitiatedShutdown`, empty if there is none. A
    one-time spot instance cannot be stopped, and is billed at its zone's spot price. `keep_until`
    is a timestamp or `always`, or None if the instance is not kept. `profile_name` is the name of
    its instance profile, if it has one.
    """

    instance_id: str
    state: str
    launched_at: datetime
    state_reason: str
    transition_reason: str
    execution_arn: str
    zone: str
    is_spot: bool
    deployment: str = ""
    training_job_name: str = ""
    on_termination: str = ""
    keep_until: str | None = None
    profile_name: str = ""


class Instances:
    """The instances and volumes of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def find(self, instance_id: str) -> Instance | None:
        """Return the instance, or None if EC2 does not know it yet or no longer knows it."""
        try:
            response = self._client.describe_instances(InstanceIds=[instance_id])
        except ClientError as err:
            if code_of(err) in _NOT_FOUND:
                return None
            raise
        found = [one for group in response["Reservations"] for one in group["Instances"]]
        return _instance_from(found[0]) if found else None

    def all_of(self, execution_arn: str) -> tuple[Instance, ...]:
        """Return all instances with the execution's tag, including ended ones."""
        return self._tagged(EXECUTION_TAG, execution_arn)

    def of_deployment(self, deployment: str) -> tuple[Instance, ...]:
        """Return all instances of a deployment, including ended ones."""
        return self._tagged(DEPLOYMENT_TAG, deployment)

    @translates_errors
    def keep(self, resource_ids: Sequence[str], keep_until: str) -> None:
        """Tag instances and volumes as kept until a timestamp, or `always`."""
        self._client.create_tags(
            Resources=list(resource_ids), Tags=[{"Key": KEEP_TAG, "Value": keep_until}]
        )

    @translates_errors
    def stop(self, instance_id: str) -> None:
        """Stop the instance, which keeps its volume."""
        self._client.stop_instances(InstanceIds=[instance_id])

    @translates_errors
    def terminate(self, instance_id: str) -> None:
        """Terminate the instance. Its system shuts down first, as with `stop`."""
        self._client.terminate_instances(InstanceIds=[instance_id])

    @translates_errors
    def _tagged(self, key: str, value: str) -> tuple[Instance, ...]:
        pages = self._client.get_paginator("describe_instances").paginate(
            Filters=[{"Name": f"tag:{key}", "Values": [value]}],
            PaginationConfig={"PageSize": _PAGE_SIZE},
        )
        return tuple(
            _instance_from(one)
            for page in pages
            for group in page["Reservations"]
            for one in group["Instances"]
        )


def _instance_from(found: InstanceTypeDef) -> Instance:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    return Instance(
        instance_id=found["InstanceId"],
        state=found["State"]["Name"],
        launched_at=found["LaunchTime"],
        state_reason=found.get("StateReason", {}).get("Code", ""),
        transition_reason=found.get("StateTransitionReason", ""),
        execution_arn=tags.get(EXECUTION_TAG, ""),
        zone=found.get("Placement", {}).get("AvailabilityZone", ""),
        is_spot=found.get("InstanceLifecycle") == "spot",
        deployment=tags.get(DEPLOYMENT_TAG, ""),
        training_job_name=tags.get(JOB_TAG, ""),
        on_termination=tags.get(ON_TERMINATION_TAG, ""),
        keep_until=keep_until_of(tags),
        profile_name=found.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2],
    )
