"""The container of one host of a training job: started, stopped, and watched to its end."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from embedded_aws.local_container.config_files import write_config_files
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.training_request import CHECKPOINT_FOLDER, TrainingRequest
from embedded_aws.local_container.variables import OPT_ML
from embedded_aws.supervised_process import SupervisedProcess

_KILLED_STATUS, _FAILED_STATUS = 137, 1
_FOLDERS = ("model", "output/data", "input/data", "code")


class CannotStartError(Exception):
    """The container cannot be started; the message becomes the job's FailureReason."""


class EntryMaker(Protocol):
    """Describes what a container runs: a local process, or a container engine's command."""

    def describe_entry(
        self, container: "LocalContainer", log: Callable[[str], None]
    ) -> ContainerDescription:
        """Return what to run; `log` writes a line to the container's log.

        Raises:
            CannotStartError: when there is nothing to run.
        """


class LocalContainer:
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
        self.request, self.host = request, host
        self.ml_folder, self.own_folder = ml_folder.resolve(), own_folder.resolve()
        self.system_variables = system_variables
        self.marker = f"{request.name}-{host}-{os.urandom(4).hex()}"
        self._maker = maker
        self._resources = resources
        self._process = SupervisedProcess(self.marker)
        self._is_closed = False
        self.own_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.touch()

    @property
    def log(self) -> Path:
        """What the container writes."""
        return self.own_folder / "container.log"

    @property
    def failure(self) -> Path:
        """The file with the reason of a failure."""
        return self.ml_folder / "output" / "failure"

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start it; `on_exit` is called on a thread of its own once it has ended."""
        has_started = threading.Event()

        def end(status: int) -> None:
            has_started.wait()
            self._resources.close()
            if not self._is_closed:
                # A supervisor that was killed itself has a negative status.
                on_exit(status if status >= 0 else _KILLED_STATUS)

        try:
            self._start(end)
        except CannotStartError as error:
            self._say(str(error))
            self.failure.write_text(str(error), encoding="utf-8")
            threading.Thread(target=end, args=(_FAILED_STATUS,), daemon=True).start()
        finally:
            has_started.set()

    def ask_stop(self) -> None:
        """Send SIGTERM."""
        self._process.tell("stop")

    def kill(self) -> None:
        """Kill everything in it; returns when that is done."""
        self._process.kill()

    def close(self) -> None:
        """Kill it and release everything."""
        self._is_closed = True
        self._process.kill()
        self._resources.close()

    def read_log(self, start: int = 0) -> bytes:
        """Return its log so far, from a byte on: a long log is not read again and again."""
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read()

    def _start(self, end: Callable[[int], None]) -> None:
        for name in _FOLDERS:
            (self.ml_folder / name).mkdir(parents=True, exist_ok=True)
        write_config_files(self.request, self.host, self.ml_folder / "input" / "config")
        self._place_checkpoints()
        description = self._maker.describe_entry(self, self._say)
        path = self.own_folder / "container.json"
        description.save(path)
        self._process.start("embedded_aws.local_container", [str(path)], self.own_folder, end)

    def _place_checkpoints(self) -> None:
        """Make the folder of checkpoints visible where the request has it."""
        if not self.request.checkpoints:
            return
        (self.ml_folder / "checkpoints").mkdir(exist_ok=True)
        place = self.request.checkpoints.get("LocalPath", CHECKPOINT_FOLDER).rstrip("/")
        if place == CHECKPOINT_FOLDER:
            return
        if not place.startswith(f"{OPT_ML}/"):
            self._say(f"checkpoints are in {CHECKPOINT_FOLDER} here, not in {place}")
            return
        link = self.ml_folder / place.removeprefix(f"{OPT_ML}/")
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(os.path.relpath(self.ml_folder / "checkpoints", link.parent))

    def _say(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"embedded AWS: {line}\n")
