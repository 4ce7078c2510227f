"""The container of one host of a training job."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from embedded_aws.local_container.config_files import write_config_files
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.supervised_container import (
    CannotStartError,
    SupervisedContainer,
)
from embedded_aws.local_container.training_request import CHECKPOINT_FOLDER, TrainingRequest
from embedded_aws.local_container.variables import OPT_ML

_FAILED_STATUS = 1
_FOLDERS = ("model", "output/data", "input/data", "code")


class EntryMaker(Protocol):
    """Describes what a container runs: a local process, or a container engine's command."""

    def describe_entry(
        self, container: "LocalContainer", log: Callable[[str], None]
    ) -> ContainerDescription:
        """Return what to run; `log` writes a line to the container's log.

        Raises:
            CannotStartError: when there is nothing to run.
        """


class LocalContainer(SupervisedContainer):
    """One container, started once.

    Args:
        request: the job.
        host: the host's name.
        ml_folder: its /opt/ml.
        own_folder: a folder for this container alone.
        maker: what runs in it.
        system_variables: variables of the job, which win over all others.
        resources: what is released when the container has ended.
    """

    def __init__(
        self,
        request: TrainingRequest,
        host: str,
        ml_folder: Path,
        own_folder: Path,
        maker: EntryMaker,
        system_variables: Mapping[str, str],
        resources: ExitStack,
    ) -> None:
        """Create its folder; nothing runs before `start`."""
        own_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker = f"{request.name}-{host}-{os.urandom(4).hex()}"
        super().__init__(marker, own_folder, _FAILED_STATUS)
        self.request, self.host = request, host
        self.ml_folder = ml_folder.resolve()
        self.system_variables = system_variables
        self._maker = maker
        self._resources = resources

    @property
    def failure(self) -> Path:
        """The file with the reason of a failure."""
        return self.ml_folder / "output" / "failure"

    def release(self) -> None:
        """Release its servers."""
        self._resources.close()

    def describe(self) -> ContainerDescription:
        """Make /opt/ml, and return what to run.

        Raises:
            CannotStartError: when there is nothing to run; it becomes the job's FailureReason.
        """
        for name in _FOLDERS:
            (self.ml_folder / name).mkdir(parents=True, exist_ok=True)
        write_config_files(self.request, self.host, self.ml_folder / "input" / "config")
        self._place_checkpoints()
        try:
            return self._maker.describe_entry(self, self.say)
        except CannotStartError as error:
            self.failure.write_text(str(error), encoding="utf-8")
            raise

    def _place_checkpoints(self) -> None:
        """Make the folder of checkpoints visible where the request has it."""
        if not self.request.checkpoints:
            return
        (self.ml_folder / "checkpoints").mkdir(exist_ok=True)
        place = self.request.checkpoints.get("LocalPath", CHECKPOINT_FOLDER).rstrip("/")
        if place == CHECKPOINT_FOLDER:
            return
        if not place.startswith(f"{OPT_ML}/"):
            self.say(f"checkpoints are in {CHECKPOINT_FOLDER} here, not in {place}")
            return
        link = self.ml_folder / place.removeprefix(f"{OPT_ML}/")
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(os.path.relpath(self.ml_folder / "checkpoints", link.parent))
