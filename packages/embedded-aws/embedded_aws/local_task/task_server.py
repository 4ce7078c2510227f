"""The credentials and the metadata of a task, which ECS serves to its containers."""

import json

from embedded_aws.batch_container import TASKS_SERVICE, BatchTask
from embedded_aws.local_container.credentials_server import CredentialsServer
from embedded_aws.role_credentials import RoleCredentials

_CONTAINER = "default"


class TaskServer(CredentialsServer):
    """The endpoints of one task on 127.0.0.1, where AWS has 169.254.170.2.

    Args:
        task: what they are about.
    """

    def __init__(self, task: BatchTask) -> None:
        """Start serving."""
        self._task = task
        self._metadata_path = f"/v4/{task.task_id}"
        super().__init__(task.job_role_arn, RoleCredentials(TASKS_SERVICE, task.task_id))

    @property
    def variables(self) -> dict[str, str]:
        """The variables by which AWS clients find them; a task without a role has no credentials.

        The metadata are those of version 4:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
        """
        found = {"ECS_CONTAINER_METADATA_URI_V4": f"{self.url}{self._metadata_path}"}
        return {**(super().variables if self._task.job_role_arn else {}), **found}

    def answer(self, path: str, token: str | None) -> tuple[int, str]:
        """Return the status and the text for one request."""
        if path == self._metadata_path:
            return 200, json.dumps(self._describe_container())
        if path == f"{self._metadata_path}/task":
            return 200, json.dumps(self._describe_task())
        if not self._task.job_role_arn:
            return 404, "{}"
        return super().answer(path, token)

    def _describe_container(self) -> dict[str, object]:
        return {
            "DockerId": self._task.task_id,
            "Name": _CONTAINER,
            "DockerName": f"{self._task.definition_name}-{_CONTAINER}",
            "Image": self._task.image,
            "Labels": {
                "com.amazonaws.ecs.cluster": self._cluster(),
                "com.amazonaws.ecs.container-name": _CONTAINER,
                "com.amazonaws.ecs.task-arn": self._task.task_arn,
            },
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Type": "NORMAL",
        }

    def _describe_task(self) -> dict[str, object]:
        return {
            "Cluster": self._cluster(),
            "TaskARN": self._task.task_arn,
            "Family": self._task.definition_name,
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "AvailabilityZone": self._task.availability_zone,
            "LaunchType": "EC2" if self._task.instance_type else "FARGATE",
            "Containers": [self._describe_container()],
        }

    def _cluster(self) -> str:
        return self._task.task_arn.split("/")[-2]
