"""Limits how many training jobs run as processes of this machine at once; others are pending."""

import sys
import threading
from collections.abc import Callable

from embedded_aws.context import Context
from embedded_aws.places import Queue, default_machines

_SERVICE = "places of training jobs"
_making = threading.Lock()


class JobPlaces:
    """A place for each job, whatever the number of its hosts.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        """Create them, all free."""
        self._queue = Queue(count)
        self._changing = threading.RLock()

    def ask(self, begin: Callable[[], bool]) -> None:
        """Call `begin` when there is a place; it returns False if it is no longer needed."""
        with self._changing:
            self._queue.ask(begin)

    def give_back(self) -> None:
        """Free a place for the next job."""
        with self._changing:
            self._queue.give_back()


def job_places(context: Context, *, runs_processes: bool) -> JobPlaces:
    """Return the places of an embedded AWS: any number if its containers are simulated."""
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, JobPlaces):
            at_once = context.settings.machines_at_once or default_machines()
            found = JobPlaces(at_once if runs_processes else sys.maxsize)
            context.services[_SERVICE] = found
        return found
