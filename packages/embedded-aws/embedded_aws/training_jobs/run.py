"""A training job from its creation to its end, on a thread of its own."""

import logging

from embedded_aws.context import ClosedError, Context
from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_jobs.attempt import Attempt, InstancesGoneError
from embedded_aws.training_jobs.control import JobControl
from embedded_aws.training_jobs.errors import JobFailedError, internal_error
from embedded_aws.training_jobs.events import report_change
from embedded_aws.training_jobs.instances_wait import Place, await_capacity
from embedded_aws.training_jobs.job import COMPLETED, FAILED, IN_PROGRESS, STOPPED, TrainingJob
from embedded_aws.training_jobs.job_places import job_places

_logger = logging.getLogger(__name__)


class TrainingRun:
    """One job on its way. `stop`, `interrupt`, `lose` and `hang` may be called from any thread.

    Args:
        context: the embedded AWS.
        job: what is changed.
        driver: makes the containers.
        is_warm: whether it has the instances of a warm pool.
    """

    def __init__(
        self, context: Context, job: TrainingJob, driver: TrainingContainerDriver, *, is_warm: bool
    ) -> None:
        """Prepare; nothing starts before `run`."""
        self._job = job
        self._delays = context.settings.training_delays
        self._driver = driver
        self._is_warm = is_warm
        self._control = JobControl(context, job)
        self._places = job_places(context, runs_processes=driver.runs_processes)
        self._attempt: Attempt | None = None
        retries = job.request.get("RetryStrategy") or {}
        self._retries = int(retries.get("MaximumRetryAttempts", 0))

    def stop(self) -> None:
        """Stop the job as StopTrainingJob does."""
        self._control.begin_stop("Stopped")

    def interrupt(self) -> None:
        """Take spot instances away. AWS documents no notice to the container, so there is none."""
        if self._job.is_spot and self._has_containers():
            self._control.is_interrupted = True
            self._control.wake()

    def lose(self) -> None:
        """Lose the instances to an internal error."""
        if self._has_containers():
            self._control.is_lost = True
            self._control.wake()

    def hang(self) -> None:
        """Make simulated containers hang."""
        attempt = self._attempt
        if attempt is not None:
            attempt.hang()

    def close(self) -> None:
        """End the containers: the embedded AWS is closing."""
        self._control.wake()
        attempt = self._attempt
        if attempt is not None:
            attempt.close()

    def run(self) -> None:
        """Run the job to its end."""
        report_change(self._job)
        try:
            self._run_attempts()
        except ClosedError:
            return
        except JobFailedError as error:
            self._fail(str(error))
        except Exception:
            if self._control.context.is_closing.is_set():
                return
            _logger.exception("a training job failed", extra={"job": self._job.name})
            self._fail(str(internal_error()))
        else:
            self._end()

    def _run_attempts(self) -> None:
        number = 0
        while not self._control.stop_as:
            number += 1
            try:
                self._run_attempt(number)
                return
            except InstancesGoneError:
                self._prepare_restart()

    def _run_attempt(self, number: int) -> None:
        control = self._control
        if not self._is_warm:
            control.pause(self._delays.start)
            await_capacity(control)
        place = Place(self._places, control)
        try:
            place.take()
            if control.stop_as:
                return
            self._job.begin_attempt(control.now())
            self._attempt = Attempt(control, self._driver, number)
            self._attempt.run()
        finally:
            attempt, self._attempt = self._attempt, None
            if attempt is not None:
                attempt.close()
            place.give_back()

    def _prepare_restart(self) -> None:
        control = self._control
        self._job.end_attempt(control.now())
        if control.is_lost:
            if self._retries < 1 or control.stop_as:
                raise internal_error()
            self._retries -= 1
            control.change(IN_PROGRESS, "Restarting")
        else:
            control.change(IN_PROGRESS, "Interrupted")
        control.is_interrupted = control.is_lost = self._is_warm = False
        control.pause(self._delays.restart)
        control.change(IN_PROGRESS, "Starting")

    def _end(self) -> None:
        self._job.end_attempt(self._control.now())
        if self._control.stop_as:
            self._control.change(STOPPED, self._control.stop_as)
        else:
            self._control.change(COMPLETED, "Completed")

    def _fail(self, reason: str) -> None:
        self._job.end_attempt(self._control.now())
        self._job.failure_reason = reason
        self._control.change(FAILED, "Failed")

    def _has_containers(self) -> bool:
        attempt = self._attempt
        return attempt is not None and attempt.has_containers
