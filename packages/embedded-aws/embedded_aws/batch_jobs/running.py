"""The jobs that run in an embedded AWS, and the faults that affect all of them."""

import threading
from typing import Protocol

from embedded_aws.context import Context, current

_SERVICE = "jobs of Batch"
_making = threading.Lock()


class RunningControl(Protocol):
    """What can be done to a job from any thread."""

    def wake(self) -> None:
        """Let it check what it waits for."""

    def terminate(self, reason: str) -> None:
        """End it as TerminateJob does."""

    def cancel(self, reason: str) -> None:
        """End it as CancelJob does."""

    def lose(self, reason: str) -> None:
        """Take away what it runs on."""


class RunningBatchJob(Protocol):
    """A job on its way."""

    @property
    def control(self) -> RunningControl:
        """What can be done to it."""

    def hang(self) -> None:
        """Make its simulated container hang."""


def running_batch_jobs(context: Context) -> dict[str, RunningBatchJob]:
    """Return the jobs that run, by their ids."""
    with _making:
        found = context.services.setdefault(_SERVICE, {})
    assert isinstance(found, dict)
    return found


def hang_batch_jobs() -> None:
    """Make the simulated containers of all running jobs hang."""
    for job in list(running_batch_jobs(current()).values()):
        job.hang()
