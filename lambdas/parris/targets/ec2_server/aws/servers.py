"""EC2: the servers of this deployment, which Parris starts and stops, and never terminates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translated, translates_errors
from parris.targets.ec2_server.lease import StartFailure
from parris.targets.ec2_server.tags import SERVER_TAG, TASK_TYPE_TAG

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef

_NOT_FOUND = frozenset({"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"})
_WRONG_STATE = "IncorrectInstanceState"


@dataclass(frozen=True, slots=True)
class Server:
    """An instance as EC2 describes it.

    `deployment` and `task_type` are from its tags, empty without them. `state_reason` is a code
    such as `Client.UserInitiatedShutdown`, and `state_text` EC2's message of it.
    """

    server_id: str
    state: str
    instance_type: str
    launched_at: datetime
    deployment: str
    task_type: str
    profile_arn: str = ""
    is_spot: bool = False
    volume_ids: tuple[str, ...] = ()
    state_reason: str = ""
    state_text: str = ""
    transition_reason: str = ""


class Servers:
    """The servers of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def find(self, server_id: str) -> Server | None:
        """Return the server, or None if EC2 does not know it, or no longer does."""
        try:
            response = self._client.describe_instances(InstanceIds=[server_id])
        except ClientError as err:
            if code_of(err) in _NOT_FOUND:
                return None
            raise
        found = [one for group in response["Reservations"] for one in group["Instances"]]
        return _server_from(found[0]) if found else None

    @translates_errors
    def of_kind(self, deployment: str, task_type: str) -> tuple[Server, ...]:
        """Return the servers of a deployment for a kind of task that exist, in the order of ids."""
        pages = self._client.get_paginator("describe_instances").paginate(
            Filters=[
                {"Name": f"tag:{SERVER_TAG}", "Values": [deployment]},
                {"Name": f"tag:{TASK_TYPE_TAG}", "Values": [task_type]},
            ]
        )
        found = (
            _server_from(one)
            for page in pages
            for group in page["Reservations"]
            for one in group["Instances"]
        )
        living = (one for one in found if one.state not in ("shutting-down", "terminated"))
        return tuple(sorted(living, key=lambda one: one.server_id))

    @translates_errors
    def shutdown_behavior_of(self, server_id: str) -> str:
        """Return what becomes of the server when its own system shuts down: stop or terminate."""
        found = self._client.describe_instance_attribute(
            InstanceId=server_id, Attribute="instanceInitiatedShutdownBehavior"
        )
        return found["InstanceInitiatedShutdownBehavior"].get("Value", "")

    @translates_errors
    def start(self, server_id: str) -> bool | StartFailure:
        """Start the server, and return whether somebody else had started it, or why EC2 refuses.

        Errors that pass are raised. A refusal for the state of the server is one of them: it is
        still stopping.
        """
        try:
            response = self._client.start_instances(InstanceIds=[server_id])
        except ClientError as err:
            if translated(err) is not None:
                raise
            return StartFailure(code_of(err), message_of(err))
        if response["ResponseMetadata"]["RetryAttempts"]:
            # The response to an earlier try was lost, and that may have started it.
            return False
        return response["StartingInstances"][0]["PreviousState"]["Name"] != "stopped"

    @translates_errors
    def stop(self, server_id: str) -> None:
        """Stop the server, which keeps its disk. One that cannot be stopped yet is left alone."""
        try:
            self._client.stop_instances(InstanceIds=[server_id])
        except ClientError as err:
            if code_of(err) not in (_WRONG_STATE, *_NOT_FOUND):
                raise


def _server_from(found: InstanceTypeDef) -> Server:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    reason = found.get("StateReason", {})
    return Server(
        server_id=found["InstanceId"],
        state=found["State"]["Name"],
        instance_type=found["InstanceType"],
        launched_at=found["LaunchTime"],
        deployment=tags.get(SERVER_TAG, ""),
        task_type=tags.get(TASK_TYPE_TAG, ""),
        profile_arn=found.get("IamInstanceProfile", {}).get("Arn", ""),
        is_spot=found.get("InstanceLifecycle") == "spot",
        volume_ids=tuple(
            one["Ebs"]["VolumeId"] for one in found.get("BlockDeviceMappings", []) if "Ebs" in one
        ),
        state_reason=reason.get("Code", ""),
        state_text=reason.get("Message", ""),
        transition_reason=found.get("StateTransitionReason", ""),
    )
