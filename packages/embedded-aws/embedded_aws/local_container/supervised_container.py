"""A container whose entry is a supervised process of this machine: started, stopped, watched."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.supervised_process import SupervisedProcess

_KILLED_STATUS = 137


class CannotStartError(Exception):
    """The container cannot be started; the message is written to its log."""


class SupervisedContainer(ABC):
    """One container, started once.

    Args:
        marker: what all of its processes have in their environment.
        folder: an existing folder for this container alone.
        failed_status: its exit code if it cannot be started.
    """

    def __init__(self, marker: str, folder: Path, failed_status: int) -> None:
        """Create its log; nothing runs before `start`."""
        self.marker = marker
        self.own_folder = folder.resolve()
        self._failed_status = failed_status
        self._process = SupervisedProcess(marker)
        self._is_closed = False
        self.log.touch()

    @abstractmethod
    def describe(self) -> ContainerDescription:
        """Prepare the folders, and return what to run.

        Raises:
            CannotStartError: when there is nothing to run.
        """

    @abstractmethod
    def release(self) -> None:
        """Release what it needs while it runs; may be called more than once."""

    @property
    def log(self) -> Path:
        """What the container writes."""
        return self.own_folder / "container.log"

    def start(self, on_exit: Callable[[int], None]) -> None:
        """Start it; `on_exit` is called on a thread of its own once it has ended."""
        has_started = threading.Event()

        def end(status: int) -> None:
            has_started.wait()
            self.release()
            if not self._is_closed:
                # A supervisor that was killed itself has a negative status.
                on_exit(status if status >= 0 else _KILLED_STATUS)

        try:
            path = self.own_folder / "container.json"
            self.describe().save(path)
            self._process.start("embedded_aws.local_container", [str(path)], self.own_folder, end)
        except CannotStartError as error:
            self.say(str(error))
            threading.Thread(target=end, args=(self._failed_status,), daemon=True).start()
        finally:
            has_started.set()

    def ask_stop(self) -> None:
        """Send SIGTERM to its entry, as Docker does to process 1."""
        self._process.tell("stop")

    def kill(self) -> None:
        """Kill everything in it; returns when that is done."""
        self._process.kill()

    def close(self) -> None:
        """Kill it and release everything."""
        self._is_closed = True
        self._process.kill()
        self.release()

    def read_log(self, start: int = 0) -> bytes:
        """Return its log so far, from a byte on: a long log is not read again and again."""
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read()

    def say(self, line: str) -> None:
        """Write a line of the embedded AWS to the log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"embedded AWS: {line}\n")
