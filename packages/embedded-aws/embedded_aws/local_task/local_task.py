"""The container of a task as local processes: started, stopped, and watched to its end."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from embedded_aws.batch_container import BatchTask
from embedded_aws.context import current
from embedded_aws.inherited_environment import WITHOUT_PROXY, passed_on
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_task.task_server import TaskServer
from embedded_aws.supervised_process import SupervisedProcess

_KILLED_STATUS, _NO_COMMAND_STATUS = 137, 127
_NO_COMMAND = (
    "no image is run on this machine, and the job states no command: state `command` in the job"
    " definition or in the overrides"
)


class LocalTask:
    """One container, started once. Its command is a process of this machine; no image is run.

    Args:
        task: what runs.
        folder: its own folder.
    """

    def __init__(self, task: BatchTask, folder: Path) -> None:
        """Start its endpoints; nothing else runs before `start`."""
        self._task = task
        self._folder = folder.resolve()
        self._marker = f"batch-{task.task_id}"
        self._process = SupervisedProcess(self._marker)
        self._is_closed = False
        self._log.touch()
        self._server = TaskServer(task)
        context = current()
        self._system_variables = {
            "AWS_REGION": context.settings.region,
            "AWS_DEFAULT_REGION": context.settings.region,
            "AWS_ENDPOINT_URL": context.endpoint_url,
            "AWS_EXECUTION_ENV": "AWS_ECS_EC2" if task.instance_type else "AWS_ECS_FARGATE",
            **self._server.variables,
        }

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start it; `on_exit` is called on a thread of its own once it has ended."""
        has_started = threading.Event()

        def end(status: int) -> None:
            has_started.wait()
            self._server.close()
            if not self._is_closed:
                # A supervisor that was killed itself has a negative status.
                on_exit(status if status >= 0 else _KILLED_STATUS)

        try:
            if not self._task.command:
                self._say(_NO_COMMAND)
                thread = threading.Thread(target=end, args=(_NO_COMMAND_STATUS,), daemon=True)
                thread.start()
                return
            path = self._folder / "container.json"
            self._describe().save(path)
            arguments = [str(path)]
            self._process.start("embedded_aws.local_container", arguments, self._folder, end)
        finally:
            has_started.set()

    def ask_stop(self) -> None:
        """Send SIGTERM to the command, as Docker does to process 1."""
        self._process.tell("stop")

    def kill(self) -> None:
        """Kill everything in it; returns when that is done."""
        self._process.kill()

    def close(self) -> None:
        """Kill it and release everything."""
        self._is_closed = True
        self._process.kill()
        self._server.close()

    def read_log(self, start: int = 0) -> bytes:
        """Return its log so far, from a byte on."""
        with self._log.open("rb") as log:
            log.seek(start)
            return log.read()

    @property
    def _log(self) -> Path:
        return self._folder / "container.log"

    def _describe(self) -> ContainerDescription:
        home, temporary = self._folder / "home", self._folder / "tmp"
        for folder in (home, temporary):
            folder.mkdir(exist_ok=True)
        packages = self._folder / "packages"
        return ContainerDescription(
            marker=self._marker,
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
            log=str(self._log),
            failure=str(self._folder / "failure"),
        )

    def _say(self, line: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"embedded AWS: {line}\n")
