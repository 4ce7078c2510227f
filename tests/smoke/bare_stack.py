"""A job's stack without a job: launched with the stack role, terminated, and then deleted."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TEMPLATE = PROJECT / "templates" / "ec2-stack" / "training-stack.yaml"
_LONGEST_SECONDS = 15 * 60
_OWNED = ("parris:deployment", "parris:execution", "parris:job", "parris:deadline")


class BareStackError(Exception):
    """The stack did not behave as expected; the message includes AWS's."""


class BareStack:
    """A stack of templates/ec2-stack/training-stack.yaml, whose machine has nothing to do.

    Args:
        make_client: gives a boto3 client for a service's name.
        deployment: the deployment whose stack role and instance profile are used.
        look_seconds: how often it is looked at.
    """

    def __init__(
        self, make_client: Callable[[str], Any], deployment: str, look_seconds: float
    ) -> None:
        self._ec2 = make_client("ec2")
        self._formation = make_client("cloudformation")
        self._iam = make_client("iam")
        self._deployment = deployment
        self._check_seconds = look_seconds
        self._name = f"parris-{deployment}-bare"
        self._role_arn = ""
        self._volume_ids: list[str] = []

    def launch(self, instance_type: str, outputs: Mapping[str, str]) -> str:
        """Create it with the stack role, and return its instance's id.

        Raises:
            BareStackError: when it is not launched, or something does not carry its tags.
        """
        role = self._iam.get_role(RoleName=self._physical_id("StackRole"))["Role"]
        self._role_arn = str(role["Arn"])
        deadline = datetime.now(UTC) + timedelta(hours=1)
        values = {
            "DeploymentName": self._deployment,
            "ExecutionArn": f"{outputs['StateMachineArn']}:{self._name}",
            "TrainingJobName": self._name,
            "Deadline": f"{deadline:%Y-%m-%dT%H:%M:%SZ}",
            "BucketName": outputs["TrainingBucketName"],
            "JobPrefix": f"jobs/{self._name}/none",
            "InstanceType": instance_type,
            "InstanceProfileName": self._physical_id("TrainersInstanceProfile"),
            "BackstopSeconds": "3600",
            "SaveGraceSeconds": "1",
        }
        template = _TEMPLATE.read_text()
        declared = {
            one["ParameterKey"]
            for one in self._formation.get_template_summary(TemplateBody=template)["Parameters"]
        }
        self._formation.create_stack(
            StackName=self._name,
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in values.items()
                if key in declared
            ],
            Tags=[{"Key": "parris:deployment", "Value": self._deployment}],
            RoleARN=self._role_arn,
            OnFailure="DO_NOTHING",
        )
        self._await("CREATE_COMPLETE")
        instance_id = self._physical_id("TrainingInstance", self._name)
        self._require_tags(instance_id)
        return instance_id

    def terminate(self, instance_id: str) -> None:
        """Terminate the instance behind CloudFormation's back."""
        self._ec2.terminate_instances(InstanceIds=[instance_id])
        self._wait(lambda: self._state_of(instance_id) == "terminated", "terminated")

    def delete(self) -> None:
        """Delete it with the stack role, and then the volume, which outlives its instance.

        Raises:
            BareStackError: when something keeps it.
        """
        self._formation.delete_stack(StackName=self._name, RoleARN=self._role_arn)
        self._await("DELETE_COMPLETE")
        for volume_id in self._volume_ids:
            self._ec2.delete_volume(VolumeId=volume_id)

    def _require_tags(self, instance_id: str) -> None:
        (group,) = self._ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        attached = [{"Name": "attachment.instance-id", "Values": [instance_id]}]
        volumes = self._ec2.describe_volumes(Filters=attached)["Volumes"]
        self._volume_ids = [volume["VolumeId"] for volume in volumes]
        for what, described in (("instance", group["Instances"][0]), ("volume", volumes[0])):
            carried = {tag["Key"] for tag in described.get("Tags", [])}
            missing = [key for key in _OWNED if key not in carried]
            if missing:
                raise BareStackError(f"the {what} of {self._name} has no tag {', '.join(missing)}")

    def _physical_id(self, logical_id: str, stack: str | None = None) -> str:
        name = stack or self._deployment
        found = self._formation.describe_stack_resource(
            StackName=name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def _state_of(self, instance_id: str) -> str:
        (group,) = self._ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        return str(group["Instances"][0]["State"]["Name"])

    def _status(self) -> str:
        try:
            (stack,) = self._formation.describe_stacks(StackName=self._name)["Stacks"]
        except self._formation.exceptions.ClientError:
            return "DELETE_COMPLETE"
        return str(stack["StackStatus"])

    def _await(self, wanted: str) -> None:
        self._wait(lambda: not self._status().endswith("IN_PROGRESS"), wanted)
        if self._status() == wanted:
            return
        events = self._formation.describe_stack_events(StackName=self._name)["StackEvents"]
        reasons = [
            f"{one['LogicalResourceId']}: {one['ResourceStatusReason']}"
            for one in events
            if one["ResourceStatus"].endswith("FAILED") and one.get("ResourceStatusReason")
        ]
        raise BareStackError(f"{self._name} is {self._status()}, not {wanted}: {reasons}")

    def _wait(self, is_done: Callable[[], bool], what: str) -> None:
        ends_at = time.monotonic() + _LONGEST_SECONDS
        while not is_done():
            if time.monotonic() > ends_at:
                raise BareStackError(f"{self._name} is not {what} after {_LONGEST_SECONDS} s")
            time.sleep(self._check_seconds)
