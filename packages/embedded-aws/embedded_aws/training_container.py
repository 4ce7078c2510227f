"""What runs, or simulates, the containers of a training job: `Settings.training_containers`.

SageMaker's side (statuses, channels, upload, logs, events, billing) is the embedded AWS's own. What
happens inside a container between its start and its exit is a driver's.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable


class TrainingContainer(Protocol):
    """The container of one host of a training job, started once."""

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start it.

        Args:
            on_exit: called once with the exit code when the container has ended, however it ended,
                unless it was closed; from any thread, but not before `start` has returned. A signal
                counts as Docker counts it: 143 after SIGTERM, 137 after SIGKILL.
        """

    def ask_stop(self) -> None:
        """Send SIGTERM to its process; returns at once."""

    def kill(self) -> None:
        """Send SIGKILL to all of its processes; returns when they have ended, with 137."""

    def close(self) -> None:
        """Kill it, if it runs, and release everything; may be called more than once."""

    def read_log(self, start: int = 0) -> bytes:
        """Return what its processes have written to stdout and stderr so far; also once closed.

        Args:
            start: how many bytes are left out at its beginning.
        """


@runtime_checkable
class SimulatedContainer(TrainingContainer, Protocol):
    """A container without processes, which faults can hang."""

    def hang(self) -> None:
        """Do nothing from now on, not even on SIGTERM, while SageMaker still reports `Training`."""


class TrainingContainerDriver(Protocol):
    """Makes the containers of training jobs."""

    @property
    def runs_processes(self) -> bool:
        """Whether containers are processes of this machine.

        Those need the real clock.
        """

    def make_container(
        self, request: Mapping[str, Any], host: str, ml_folder: Path
    ) -> TrainingContainer:
        """Return the container of one host; nothing happens before `start`.

        Args:
            request: the parameters of CreateTrainingJob.
            host: `algo-1`, `algo-2`, ...; `embedded_aws.training_hosts.hosts_of` lists all of them.
            ml_folder: the folder for `/opt/ml` of this host. It has the channels in
                `input/data/NAME` and checkpoints in `checkpoints`, whatever `LocalPath` says. The
                service reads `model`, `output/data`, `output/failure` and `checkpoints` from it.
        """
