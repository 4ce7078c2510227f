"""What runs, or simulates, the containers of a training job: `Settings.training_containers`.

SageMaker's side (statuses, channels, upload, logs, events, billing) is the embedded AWS's own. What
happens inside a container between its start and its exit is a driver's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from embedded_aws.container import Container


class TrainingContainerDriver(Protocol):
    """Makes the containers of training jobs."""

    @property
    def runs_processes(self) -> bool:
        """Whether containers are processes of this machine.

        Those need the real clock.
        """

    def make_container(self, request: Mapping[str, Any], host: str, ml_folder: Path) -> Container:
        """Return the container of one host; nothing happens before `start`.

        Args:
            request: the parameters of CreateTrainingJob.
            host: `algo-1`, `algo-2`, ...; `embedded_aws.training_hosts.hosts_of` lists all of them.
            ml_folder: the folder for `/opt/ml` of this host. It has the channels in
                `input/data/NAME` and checkpoints in `checkpoints`, whatever `LocalPath` says. The
                service reads `model`, `output/data`, `output/failure` and `checkpoints` from it.
        """
