"""A job's wait for its instances."""

from datetime import datetime, timedelta

from embedded_aws.training_jobs.capacity import has_capacity, longest_pending_seconds
from embedded_aws.training_jobs.control import JobControl
from embedded_aws.training_jobs.errors import capacity_error
from embedded_aws.training_jobs.job import IN_PROGRESS
from embedded_aws.training_jobs.job_places import JobPlaces

_LONGEST_WAIT_SECONDS = 3600.0


def await_capacity(control: JobControl) -> None:
    """Wait until SageMaker has instances for the job, or the job stops.

    Raises:
        JobFailedError: when it has waited long enough.
    """
    request = control.job.request
    gives_up_at = control.now() + timedelta(seconds=longest_pending_seconds(request))
    while not has_capacity(request) and not control.stop_as:
        _show_pending(control)
        waits_until = control.waits_until()
        if waits_until is None and control.now() >= gives_up_at:
            raise capacity_error()
        _wait_until(control, waits_until or gives_up_at)


class Place:
    """A job's place among those that run on this machine at once."""

    def __init__(self, places: JobPlaces, control: JobControl) -> None:
        """Have none."""
        self._places = places
        self._control = control
        self._is_taken = False

    def take(self) -> None:
        """Wait for a place, unless the job stops."""
        self._places.ask(self._begin)
        while not self._is_taken and not self._control.stop_as:
            _show_pending(self._control)
            _wait_until(self._control, self._control.waits_until())

    def give_back(self) -> None:
        """Free the place, if it was taken."""
        if self._is_taken:
            self._is_taken = False
            self._places.give_back()

    def _begin(self) -> bool:
        if self._control.stop_as or self._control.context.is_closing.is_set():
            return False
        self._is_taken = True
        self._control.wake()
        return True


def _show_pending(control: JobControl) -> None:
    if control.job.secondary_status != "Pending":
        control.change(IN_PROGRESS, "Pending")


def _wait_until(control: JobControl, timestamp: datetime | None) -> None:
    left_seconds = _LONGEST_WAIT_SECONDS
    if timestamp is not None:
        left_seconds = (timestamp - control.now()).total_seconds()
    control.wait(left_seconds)
    waits_until = control.waits_until()
    if waits_until is not None and control.now() >= waits_until:
        control.begin_stop("MaxWaitTimeExceeded")
