"""A training job from its creation to its end, on a thread of its own.

Requests, faults and containers leave a note and wake the thread, which alone changes the job
after its creation; `Stopping` is the exception, because a request shows it at once.
"""

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from embedded_aws.context import ClosedError, Context
from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_hosts import hosts_of
from embedded_aws.training_jobs import job as statuses
from embedded_aws.training_jobs.capacity import has_capacity, longest_pending_seconds
from embedded_aws.training_jobs.channels import download_channels
from embedded_aws.training_jobs.errors import (
    JobFailedError,
    algorithm_error,
    capacity_error,
    internal_error,
)
from embedded_aws.training_jobs.events import report_change
from embedded_aws.training_jobs.final_metrics import find_final_metrics
from embedded_aws.training_jobs.hosts_at_work import HostsAtWork
from embedded_aws.training_jobs.job import TrainingJob
from embedded_aws.training_jobs.results import CheckpointSync, restore_checkpoints, upload_results
from embedded_aws.training_jobs.role_access import make_s3_client

STOP_SECONDS = 120
"""Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html"""
_DEFAULT_RUNTIME_SECONDS = 86_400
_SYNC_SECONDS = 1.0
# On a virtual clock logs and checkpoints are sent ever more rarely: some 65 times in a month.
_SYNC_SHARE = 0.25

_logger = logging.getLogger(__name__)


class _InterruptedError(Exception):
    """The instances are gone, and the job starts again."""


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
        self.job = job
        self._context = context
        self._driver = driver
        self._is_warm = is_warm
        self._woken = context.clock.make_event()
        self._changing = threading.RLock()
        self._stop_as = ""
        self._kill_at: datetime | None = None
        self._is_interrupted = self._is_lost = False
        self._hosts: HostsAtWork | None = None
        self._retries = int((job.request.get("RetryStrategy") or {}).get("MaximumRetryAttempts", 0))

    def stop(self) -> None:
        """Stop the job as StopTrainingJob does."""
        self._begin_stop("Stopped")

    def interrupt(self) -> None:
        """Take spot instances away. AWS documents no notice to the container, so there is none."""
        if self.job.is_spot and self._hosts is not None:
            self._is_interrupted = True
            self._woken.set()

    def lose(self) -> None:
        """Lose the instances to an internal error."""
        if self._hosts is not None:
            self._is_lost = True
            self._woken.set()

    def hang(self) -> None:
        """Make simulated containers hang."""
        if self._hosts is not None:
            self._hosts.hang()

    def close(self) -> None:
        """End the containers: the embedded AWS is closing."""
        self._woken.set()
        hosts = self._hosts
        if hosts is not None:
            hosts.close()

    def run(self) -> None:
        """Run the job to its end."""
        report_change(self.job)
        try:
            self._run_attempts()
        except ClosedError:
            return
        except JobFailedError as error:
            self._fail(str(error))
        except Exception:
            if self._context.is_closing.is_set():
                return
            _logger.exception("a training job failed", extra={"job": self.job.name})
            self._fail(str(internal_error()))

    def _run_attempts(self) -> None:
        number = 0
        while True:
            number += 1
            try:
                self._attempt(number)
                return
            except _InterruptedError:
                self._is_interrupted = self._is_lost = self._is_warm = False
                self._pause(self._context.settings.training_delays.restart)
                if self._stop_as:
                    self._end_stopped()
                    return
                self._change(statuses.IN_PROGRESS, "Starting")

    def _attempt(self, number: int) -> None:
        delays = self._context.settings.training_delays
        if not self._is_warm:
            self._pause(delays.start)
            self._await_capacity()
        if self._stop_as:
            self._end_stopped()
            return
        self.job.begin_attempt(self._now())
        try:
            self._change(statuses.IN_PROGRESS, "Downloading")
            folders = self._make_folders(number)
            s3 = make_s3_client(str(self.job.request["RoleArn"]))
            download_channels(s3, self.job.request, folders)
            restore_checkpoints(s3, self.job.request, folders)
            self._pause(delays.download)
            self._train(number, s3, folders)
        finally:
            self._close_hosts()

    def _await_capacity(self) -> None:
        """Wait until there are instances, or the job is stopped."""
        gives_up_at = self._now() + timedelta(seconds=longest_pending_seconds(self.job.request))
        while not has_capacity(self.job.request) and not self._stop_as:
            if self.job.secondary_status != "Pending":
                self._change(statuses.IN_PROGRESS, "Pending")
            until = self._waits_until()
            if self._now() >= (until or gives_up_at):
                if until is None:
                    raise capacity_error()
                self._begin_stop("MaxWaitTimeExceeded")
                return
            seconds = ((until or gives_up_at) - self._now()).total_seconds()
            self._wait(seconds)

    def _train(self, number: int, s3: Any, folders: dict[str, Path]) -> None:
        checkpoints = CheckpointSync(s3, self.job.request, folders)
        if self._stop_as:
            self._end_stopped()
            return
        suffix = str(int(self._now().timestamp()) + number - 1)
        hosts = HostsAtWork(self.job.request, folders, self._driver, suffix, self._woken.set)
        self._hosts = hosts
        self._require_open()
        self._change(statuses.IN_PROGRESS, "Training")
        hosts.start()
        self._watch(hosts, checkpoints)
        self._finish(hosts, checkpoints, s3, folders)

    def _watch(self, hosts: HostsAtWork, checkpoints: CheckpointSync) -> None:
        """Return when all containers have exited."""
        began_at = self._now()
        is_asked = False
        while not hosts.are_over():
            if self._is_interrupted or self._is_lost:
                hosts.kill()
                self._give_up_instances(hosts, checkpoints)
            if hosts.failed() is not None and not self._stop_as:
                hosts.kill()
                return
            self._stop_when_time_is_over()
            if self._stop_as and not is_asked:
                is_asked = True
                self._kill_at = self._now() + timedelta(seconds=STOP_SECONDS)
                hosts.ask_stop()
            if self._kill_at is not None and self._now() >= self._kill_at:
                hosts.kill()
                return
            sync_seconds = _SYNC_SECONDS
            if self._context.clock.is_virtual:
                elapsed_seconds = (self._now() - began_at).total_seconds()
                sync_seconds = max(sync_seconds, elapsed_seconds * _SYNC_SHARE)
            ends = [self._kill_at] if self._stop_as else [self._runs_until(), self._waits_until()]
            seconds = [(end - self._now()).total_seconds() for end in ends if end is not None]
            self._wait(min([sync_seconds, *seconds]))
            hosts.send_logs()
            checkpoints.upload_changes()

    def _finish(
        self,
        hosts: HostsAtWork,
        checkpoints: CheckpointSync,
        s3: Any,
        folders: dict[str, Path],
    ) -> None:
        hosts.send_logs(is_over=True)
        lines = [line for log in hosts.logs for line in log.lines]
        self.job.final_metrics = find_final_metrics(self.job.request, lines)
        failed = hosts.failed()
        error = None
        if failed is not None and not self._stop_as:
            error = algorithm_error(hosts.failure_text(failed[0]), failed[1])
        elif not self._stop_as:
            self._change(statuses.IN_PROGRESS, "Uploading")
        checkpoints.upload_changes()
        upload_results(s3, self.job.request, folders, has_model=error is None)
        if error is not None:
            raise error
        self._require_open()
        self._context.sleep(self._context.settings.training_delays.upload)
        self._require_open()
        self.job.end_attempt(self._now())
        if self._stop_as:
            self._end_stopped()
        else:
            self._change(statuses.COMPLETED, "Completed")

    def _give_up_instances(self, hosts: HostsAtWork, checkpoints: CheckpointSync) -> None:
        hosts.send_logs(is_over=True)
        checkpoints.upload_changes()
        self.job.end_attempt(self._now())
        if self._is_lost:
            if self._retries < 1 or self._stop_as:
                raise internal_error()
            self._retries -= 1
            self._change(statuses.IN_PROGRESS, "Restarting")
        elif not self._stop_as:
            self._change(statuses.IN_PROGRESS, "Interrupted")
        raise _InterruptedError

    def _stop_when_time_is_over(self) -> None:
        waits_until = self._waits_until()
        if self._now() >= self._runs_until():
            self._begin_stop("MaxRuntimeExceeded")
        elif waits_until is not None and self._now() >= waits_until:
            self._begin_stop("MaxWaitTimeExceeded")

    def _runs_until(self) -> datetime:
        longest = self.job.request["StoppingCondition"].get(
            "MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS
        )
        left = longest - self.job.training_seconds(self._now())
        return self._now() + timedelta(seconds=left)

    def _waits_until(self) -> datetime | None:
        longest = self.job.request["StoppingCondition"].get("MaxWaitTimeInSeconds")
        if longest is None:
            return None
        return self.job.created_at + timedelta(seconds=longest)

    def _begin_stop(self, stop_as: str) -> None:
        with self._changing:
            if self._stop_as or self.job.has_ended:
                return
            self._stop_as = stop_as
            self.job.change(statuses.STOPPING, "Stopping", self._now())
            report_change(self.job)
        self._woken.set()

    def _end_stopped(self) -> None:
        self.job.end_attempt(self._now())
        self._change(statuses.STOPPED, self._stop_as)

    def _fail(self, reason: str) -> None:
        self.job.end_attempt(self._now())
        self.job.failure_reason = reason
        self._change(statuses.FAILED, "Failed")

    def _change(self, status: str, secondary_status: str) -> None:
        with self._changing:
            if status == statuses.IN_PROGRESS and self._stop_as:
                return  # it is `Stopping` until it has ended
            self.job.change(status, secondary_status, self._now())
            report_change(self.job)

    def _pause(self, seconds: float) -> None:
        """Let time pass, unless the job is stopped or loses its instances."""
        ends_at = self._now() + timedelta(seconds=seconds)
        while not (self._stop_as or self._is_interrupted or self._is_lost):
            left = (ends_at - self._now()).total_seconds()
            if left <= 0:
                return
            self._wait(left)

    def _wait(self, seconds: float) -> None:
        self._woken.wait(max(seconds, 0.0))
        self._woken.clear()
        self._require_open()

    def _require_open(self) -> None:
        if self._context.is_closing.is_set():
            raise ClosedError("the embedded AWS is closing")

    def _now(self) -> datetime:
        return self._context.clock.now()

    def _make_folders(self, number: int) -> dict[str, Path]:
        base = self._context.folder / "training-jobs" / self.job.name / str(number)
        folders = {}
        for host in hosts_of(self.job.request):
            folders[host.name] = base / host.name / "ml"
            for part in ("input/data", "model", "output/data", "checkpoints"):
                (folders[host.name] / part).mkdir(parents=True, exist_ok=True)
        return folders

    def _close_hosts(self) -> None:
        hosts, self._hosts = self._hosts, None
        if hosts is not None:
            hosts.close()
