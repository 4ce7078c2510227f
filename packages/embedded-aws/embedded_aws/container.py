"""A container that a driver runs or simulates, for SageMaker and for AWS Batch."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable


class Container(Protocol):
    """One container, started once."""

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
class SimulatedContainer(Container, Protocol):
    """A container without processes, which faults can hang."""

    def hang(self) -> None:
        """Do nothing from now on, not even on SIGTERM, while its service still reports it."""
