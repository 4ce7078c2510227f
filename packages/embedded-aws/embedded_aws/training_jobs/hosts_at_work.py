"""The containers of one attempt of a training job, one for each host, and their exits."""

import functools
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from embedded_aws.container import SimulatedContainer
from embedded_aws.container_log import ContainerLog
from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_hosts import hosts_of
from embedded_aws.training_jobs.role_access import SESSION_NAME

_LONGEST_FAILURE_CHARACTERS = 1024
_KILLED = 137
_GROUP = "/aws/sagemaker/TrainingJobs"


class HostsAtWork:
    """Starts the containers, and knows which of them have exited.

    Args:
        request: the parameters of CreateTrainingJob.
        folders: the folder for `/opt/ml` by the name of the host.
        driver: makes the containers.
        stream_suffix: the end of the names of the log streams.
        on_change: called when a container has exited, from any thread.
        read_line: called with each line of the logs and its time.
    """

    def __init__(
        self,
        request: Mapping[str, Any],
        folders: Mapping[str, Path],
        driver: TrainingContainerDriver,
        stream_suffix: str,
        on_change: Callable[[], None],
        read_line: Callable[[str, datetime], None],
    ) -> None:
        """Make the containers; nothing runs yet."""
        self._folders = folders
        self._on_change = on_change
        self._exits: dict[str, int] = {}
        self._changing = threading.Lock()
        self._containers = {
            host.name: driver.make_container(request, host.name, folders[host.name])
            for host in hosts_of(request)
        }
        job_name, role_arn = str(request["TrainingJobName"]), str(request["RoleArn"])
        self._logs = [
            ContainerLog(
                container,
                _GROUP,
                f"{job_name}/{name}-{stream_suffix}",
                role_arn,
                SESSION_NAME,
                read_line,
            )
            for name, container in self._containers.items()
        ]

    def start(self) -> None:
        """Start all containers."""
        for name, container in self._containers.items():
            container.start(functools.partial(self._note_exit, name))

    def failed(self) -> tuple[str, int] | None:
        """Return the first host whose container has failed, and its exit code."""
        with self._changing:
            return next(((name, code) for name, code in self._exits.items() if code), None)

    def are_over(self) -> bool:
        """Return whether all containers have exited."""
        with self._changing:
            return len(self._exits) == len(self._containers)

    def ask_stop(self) -> None:
        """Send SIGTERM to all that run."""
        for name, container in self._containers.items():
            if name not in self._exits:
                container.ask_stop()

    def kill(self) -> None:
        """Send SIGKILL to all that run, and take them for ended."""
        for name, container in self._containers.items():
            if name not in self._exits:
                container.kill()
                self._note_exit(name, _KILLED)

    def hang(self) -> None:
        """Make simulated containers hang."""
        for container in self._containers.values():
            if isinstance(container, SimulatedContainer):
                container.hang()

    def failure_text(self, host: str) -> str:
        """Return the text of `/opt/ml/output/failure`, empty if there is none."""
        try:
            file = self._folders[host] / "output" / "failure"
            text = file.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""
        return text[:_LONGEST_FAILURE_CHARACTERS]

    def send_logs(self, *, is_over: bool = False) -> None:
        """Send what is new in the logs."""
        for log in self._logs:
            log.send_new(is_over=is_over)

    def close(self) -> None:
        """End all containers."""
        for container in self._containers.values():
            container.close()

    def _note_exit(self, name: str, code: int) -> None:
        with self._changing:
            self._exits.setdefault(name, code)
        self._on_change()
