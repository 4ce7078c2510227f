"""The container of a task as local processes."""

import os
from pathlib import Path

from embedded_aws.batch_container import BatchTask
from embedded_aws.context import current
from embedded_aws.inherited_environment import WITHOUT_PROXY, passed_on
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.supervised_container import (
    CannotStartError,
    SupervisedContainer,
)
from embedded_aws.local_task.task_server import TaskServer

_NO_COMMAND_STATUS = 127
_NO_COMMAND = (
    "no image is run on this machine, and the job states no command: state `command` in the job"
    " definition or in the overrides"
)


class LocalTask(SupervisedContainer):
    """One container, started once. Its command is a process of this machine; no image is run.

    Args:
        task: what runs.
        folder: its own folder.
    """

    def __init__(self, task: BatchTask, folder: Path) -> None:
        """Start its endpoints; nothing else runs before `start`."""
        super().__init__(f"batch-{task.task_id}", folder, _NO_COMMAND_STATUS)
        self._task = task
        self._server = TaskServer(task)
        context = current()
        self._system_variables = {
            "AWS_REGION": context.settings.region,
            "AWS_DEFAULT_REGION": context.settings.region,
            "AWS_ENDPOINT_URL": context.endpoint_url,
            "AWS_EXECUTION_ENV": "AWS_ECS_EC2" if task.instance_type else "AWS_ECS_FARGATE",
            **self._server.variables,
        }

    def release(self) -> None:
        """Close its endpoints."""
        self._server.close()

    def describe(self) -> ContainerDescription:
        """Return the command with its environment.

        Raises:
            CannotStartError: when the job states no command.
        """
        if not self._task.command:
            raise CannotStartError(_NO_COMMAND)
        home, temporary = self.own_folder / "home", self.own_folder / "tmp"
        for folder in (home, temporary):
            folder.mkdir(exist_ok=True)
        packages = self.own_folder / "packages"
        return ContainerDescription(
            marker=self.marker,
            command=list(self._task.command),
            environment={
                **passed_on(),
                **WITHOUT_PROXY,
                "PATH": f"{packages}/bin:{os.environ.get('PATH', os.defpath)}",
                "HOME": str(home),
                "TMPDIR": str(temporary),
                # What a command installs stays in its folder.
                "PIP_TARGET": str(packages),
                "PIP_REQUIRE_VIRTUALENV": "0",
                "PIP_USER": "0",
                "PIP_ROOT_USER_ACTION": "ignore",
                "PYTHONPATH": str(packages),
                "PYTHONUNBUFFERED": "1",
                **self._system_variables,
                **self._task.environment,
            },
            # An image's own working directory is not known here.
            working_folder=str(home),
            log=str(self.log),
            failure=str(self.own_folder / "failure"),
        )
