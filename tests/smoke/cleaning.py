"""What a deployment has left in an account, and how it goes: by its tag, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "parris:deployment"
_LOOK_SECONDS = 2.0
_GONE = frozenset({"terminated", "deleted", "DELETE_COMPLETE"})
_LONGEST_END_SECONDS = 30 * 60


class Cleaner:
    """Looks for, and ends, what belongs to one deployment.

    Args:
        make_client: gives a boto3 client for a service's name.
        stack_name: the deployment.
        say: prints what is done.
    """

    def __init__(
        self, make_client: Callable[[str], Any], stack_name: str, say: Callable[[str], object]
    ) -> None:
        self._ec2 = make_client("ec2")
        self._formation = make_client("cloudformation")
        self._s3 = make_client("s3")
        self._stack_name = stack_name
        self._say = say

    def left_of_jobs(self) -> list[str]:
        """Return instances, volumes and stacks of jobs that are still there."""
        return [
            *(f"instance {one['InstanceId']}" for one in self._instances()),
            *(f"volume {one['VolumeId']}" for one in self._volumes()),
            *(f"stack {one['StackName']}" for one in self._job_stacks()),
        ]

    def clean_up(self, bucket: str | None) -> list[str]:
        """Delete everything of the deployment, and return what could not be."""
        self._delete_stack(self._stack_name)
        # Nothing should be left by now: deleting a deployment ends its jobs.
        for stack in self._job_stacks():
            self._delete_stack(stack["StackId"])
        instances = [one["InstanceId"] for one in self._instances()]
        if instances:
            self._say(f"terminating {', '.join(instances)}")
            self._ec2.terminate_instances(InstanceIds=instances)
        if bucket is not None:
            self._delete_bucket(bucket)
        self._wait(lambda: not self.left_of_jobs())
        left = self.left_of_jobs()
        return [*left, f"stack {self._stack_name}"] if self._is_there(self._stack_name) else left

    def _instances(self) -> list[dict[str, Any]]:
        pages = self._ec2.get_paginator("describe_instances").paginate(Filters=self._tagged())
        return [
            one
            for page in pages
            for group in page["Reservations"]
            for one in group["Instances"]
            if one["State"]["Name"] not in _GONE
        ]

    def _volumes(self) -> list[dict[str, Any]]:
        pages = self._ec2.get_paginator("describe_volumes").paginate(Filters=self._tagged())
        return [one for page in pages for one in page["Volumes"] if one["State"] not in _GONE]

    def _job_stacks(self) -> list[dict[str, Any]]:
        pages = self._formation.get_paginator("describe_stacks").paginate()
        wanted = {"Key": _TAG, "Value": self._stack_name}
        return [
            one
            for page in pages
            for one in page["Stacks"]
            if wanted in one.get("Tags", []) and one["StackStatus"] not in _GONE
        ]

    def _tagged(self) -> list[dict[str, Any]]:
        return [{"Name": f"tag:{_TAG}", "Values": [self._stack_name]}]

    def _delete_stack(self, name: str) -> None:
        if not self._is_there(name):
            return
        self._say(f"deleting the stack {name}")
        self._formation.delete_stack(StackName=name)
        self._wait(lambda: not self._is_there(name))

    def _is_there(self, name: str) -> bool:
        try:
            (stack,) = self._formation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as err:
            if "does not exist" in str(err):
                return False
            raise
        return stack["StackStatus"] not in _GONE

    def _delete_bucket(self, bucket: str) -> None:
        self._say(f"deleting the bucket {bucket}")
        # With its versions, where the bucket keeps them.
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            keys = [
                {"Key": one["Key"], "VersionId": one["VersionId"]}
                for kind in ("Versions", "DeleteMarkers")
                for one in page.get(kind, [])
            ]
            if keys:
                self._s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
        self._s3.delete_bucket(Bucket=bucket)

    def _wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LONGEST_END_SECONDS
        while not is_done() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
