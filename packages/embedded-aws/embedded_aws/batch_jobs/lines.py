"""The RUNNABLE jobs of each queue, first in, first out: a job at the head blocks the others."""

import threading

from embedded_aws.batch_jobs.control import JobControl
from embedded_aws.context import Context

_SERVICE = "lines of Batch"
_making = threading.Lock()


class Lines:
    """One line for each queue, and the places of those that have left it.

    Args:
        places: how many jobs run at once on this machine; None for any number.
    """

    def __init__(self, places: int | None) -> None:
        """Have nobody in line."""
        self._waiting: dict[str, list[JobControl]] = {}
        self._placed: set[str] = set()
        self._places = places
        self._changing = threading.RLock()

    def enter(self, control: JobControl) -> None:
        """Put a job at the end of its queue's line."""
        with self._changing:
            self._waiting.setdefault(control.job.queue_arn, []).append(control)

    def is_next(self, control: JobControl) -> bool:
        """Return whether it is a job's turn."""
        with self._changing:
            has_place = self._places is None or len(self._placed) < self._places
            return has_place and self._waiting[control.job.queue_arn][0] is control

    def leave(self, control: JobControl, *, is_placed: bool) -> None:
        """Take a job out of its line; the next one has its turn."""
        with self._changing:
            line = self._waiting[control.job.queue_arn]
            if control in line:
                line.remove(control)
            if is_placed:
                self._placed.add(control.job.job_id)
        self.wake()

    def give_back(self, job_id: str) -> None:
        """Free the place of a job."""
        with self._changing:
            self._placed.discard(job_id)
        self.wake()

    def wake(self) -> None:
        """Let the first of each line try again."""
        with self._changing:
            heads = [line[0] for line in self._waiting.values() if line]
        for control in heads:
            control.wake()


def lines_of(context: Context, places: int | None) -> Lines:
    """Return the lines of an embedded AWS.

    Args:
        context: the embedded AWS.
        places: how many jobs run at once, if they are new.
    """
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, Lines):
            found = context.services[_SERVICE] = Lines(places)
        return found
