"""The training jobs that run in an embedded AWS, and the faults that affect all of them."""

import threading
from typing import Protocol

from embedded_aws.context import Context, current

_SERVICE = "training jobs"
_making = threading.Lock()


class RunningJob(Protocol):
    """What can be done to a job from any thread."""

    def stop(self) -> None:
        """Stop it as StopTrainingJob does."""

    def interrupt(self) -> None:
        """Take its instances away, if they are spot instances."""

    def lose(self) -> None:
        """Lose its instances to an internal error."""

    def hang(self) -> None:
        """Make simulated containers hang."""


def running_jobs(context: Context) -> dict[str, RunningJob]:
    """Return the jobs that run, by their ARNs."""
    with _making:
        found = context.services.setdefault(_SERVICE, {})
    assert isinstance(found, dict)
    return found


def interrupt_spot_jobs() -> None:
    """Take the instances of all running jobs that use spot instances."""
    for job in _all():
        job.interrupt()


def lose_jobs() -> None:
    """Make SageMaker lose the instances of all running jobs."""
    for job in _all():
        job.lose()


def hang_jobs() -> None:
    """Make the simulated containers of all running jobs hang."""
    for job in _all():
        job.hang()


def _all() -> list[RunningJob]:
    return list(running_jobs(current()).values())
