"""A job from its submission to its end, on a thread of its own."""

import logging

from embedded_aws.batch_compute.fleet import fleet
from embedded_aws.batch_compute.host import Placement
from embedded_aws.batch_compute.resources import Resources
from embedded_aws.batch_container import BatchContainerDriver
from embedded_aws.batch_jobs import failures
from embedded_aws.batch_jobs.attempt import Attempt
from embedded_aws.batch_jobs.control import JobControl
from embedded_aws.batch_jobs.events import report_change
from embedded_aws.batch_jobs.job import FAILED, PENDING, RUNNABLE, SUCCEEDED, BatchJob
from embedded_aws.batch_jobs.lines import lines_of
from embedded_aws.batch_jobs.retries import has_retry
from embedded_aws.batch_jobs.store import backend, environments_of, find_job
from embedded_aws.context import ClosedError, Context
from embedded_aws.places import default_machines

_logger = logging.getLogger(__name__)
_LONGEST_WAIT_SECONDS = 3600.0
# How often Batch tries again to get an instance; AWS does not document it.
_RETRY_SECONDS, _RETRY_SECONDS_OF_A_VIRTUAL_CLOCK = 1.0, 60.0


class JobRun:
    """One job on its way; `control` may be used from any thread.

    Args:
        context: the embedded AWS.
        job: what is changed.
        driver: makes the containers.
    """

    def __init__(self, context: Context, job: BatchJob, driver: BatchContainerDriver) -> None:
        """Prepare; nothing starts before `run`."""
        self.control = JobControl(context, job)
        self._job = job
        self._driver = driver
        self._attempt: Attempt | None = None
        at_once = context.settings.machines_at_once or default_machines()
        self._lines = lines_of(context, at_once if driver.runs_processes else None)
        is_virtual = context.clock.is_virtual
        self._retry_seconds = _RETRY_SECONDS_OF_A_VIRTUAL_CLOCK if is_virtual else _RETRY_SECONDS

    def hang(self) -> None:
        """Make a simulated container hang."""
        attempt = self._attempt
        if attempt is not None:
            attempt.hang()

    def close(self) -> None:
        """End the container: the embedded AWS is closing."""
        self.control.wake()
        attempt = self._attempt
        if attempt is not None:
            attempt.close()

    def run(self) -> None:
        """Run the job to its end."""
        report_change(self._job)
        try:
            self.control.pause(self.control.context.settings.batch_delays.submitted)
            self._await_dependencies()
            self._run_attempts()
        except ClosedError:
            return
        except Exception as error:
            if self.control.context.is_closing.is_set():
                return
            _logger.exception("a job of Batch failed", extra={"job": self._job.job_id})
            self._end(FAILED, f"{type(error).__name__}: {error}")

    def _await_dependencies(self) -> None:
        wanted = [one["jobId"] for one in self._job.request.get("dependsOn") or []]
        if wanted and self.control.end_reason is None:
            self.control.change(PENDING)
        while wanted and self.control.end_reason is None:
            found = [find_job(one) for one in wanted]
            if any(one is not None and one.status == FAILED for one in found):
                self.control.end_reason = failures.DEPENDENCY_FAILED
                return
            if all(one is None or one.has_ended for one in found):
                return
            self.control.wait(_LONGEST_WAIT_SECONDS)

    def _run_attempts(self) -> None:
        number = 0
        while True:
            number += 1
            placement = self._await_place()
            if placement is None:
                self._end_early()
                return
            attempt = self._run_attempt(placement, number)
            if attempt.has_succeeded:
                self._end(SUCCEEDED, attempt.status_reason)
                return
            if not self._has_another(attempt, number):
                self._end(FAILED, attempt.status_reason)
                return
            self.control.lost_reason = ""

    def _await_place(self) -> Placement | None:
        """Return where the job runs once it can start there; None if it is to end before."""
        control = self.control
        if control.end_reason is not None:
            return None
        control.change(RUNNABLE)
        while True:
            placement = self._await_turn()
            if placement is None:
                return None
            control.pause_until(placement.ready_at)
            if control.end_reason is None and not control.lost_reason:
                return placement
            # Its instance has ended before it could join the cluster: the job waits for another.
            control.lost_reason = ""
            self._give_back()
            if control.end_reason is not None:
                return None

    def _await_turn(self) -> Placement | None:
        """Return a place for the job when it is its turn and there is room."""
        control = self.control
        self._lines.enter(control)
        placement = None
        try:
            while control.end_reason is None and placement is None:
                placement = self._find_place()
                if placement is None:
                    control.wait(self._retry_seconds)
        finally:
            self._lines.leave(control, is_placed=placement is not None)
        return placement

    def _find_place(self) -> Placement | None:
        if not self._lines.is_next(self.control):
            return None
        queue = backend().get_job_queue(self._job.queue_arn)
        if queue is None:
            return None
        found = fleet().place(
            environments_of(queue),
            self._job.job_id,
            Resources.of_container(self._job.container),
            set(self._job.definition["platformCapabilities"]),
        )
        if isinstance(found, Placement):
            return found
        self.control.show_blocked(found)
        return None

    def _run_attempt(self, placement: Placement, number: int) -> Attempt:
        attempt = Attempt(self.control, placement, self._driver, number)
        self._attempt = attempt
        try:
            attempt.run()
        finally:
            self._attempt = None
            attempt.close()
            self._give_back()
        return attempt

    def _has_another(self, attempt: Attempt, number: int) -> bool:
        """Return whether the job is tried again: not after a timeout or a request to end it."""
        if self.control.end_reason is not None or attempt.is_timed_out or not self._job.attempts:
            return False
        return has_retry(self._job.retry_strategy, self._job.attempts[-1], number)

    def _give_back(self) -> None:
        fleet().release(self._job.job_id)
        self._lines.give_back(self._job.job_id)

    def _end_early(self) -> None:
        self._job.stopped_at = self.control.now()
        self._end(FAILED, self.control.end_reason or "")

    def _end(self, status: str, reason: str) -> None:
        if self._job.stopped_at is None:
            self._job.stopped_at = self.control.now()
        self.control.change(status, reason)
