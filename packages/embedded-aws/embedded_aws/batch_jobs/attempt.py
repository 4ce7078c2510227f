"""One attempt of a job: its task from STARTING to the end of its container."""

import shutil
import threading
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.batch_compute.host import Placement
from embedded_aws.batch_container import BatchContainerDriver
from embedded_aws.batch_jobs import failures
from embedded_aws.batch_jobs.control import JobControl
from embedded_aws.batch_jobs.description import in_milliseconds
from embedded_aws.batch_jobs.job import RUNNING, STARTING
from embedded_aws.batch_jobs.task import find_start_problem, make_task
from embedded_aws.batch_jobs.task_log import find_log, log_role_of, prepare_group
from embedded_aws.container import Container, SimulatedContainer
from embedded_aws.container_log import ContainerLog

STOP_SECONDS = 30
"""Between SIGTERM and SIGKILL. Source:
https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html"""
_SYNC_SECONDS = 1.0
# On a virtual clock logs are sent ever more rarely.
_SYNC_SHARE = 0.25
_KILLED = 137


class Attempt:
    """One task.

    `status_reason` says how it ended, `is_timed_out` whether by its timeout, and `has_succeeded`
    whether with the exit code 0.

    Args:
        control: the job's.
        placement: where it runs.
        driver: makes its container.
        number: from 1.
    """

    def __init__(
        self, control: JobControl, placement: Placement, driver: BatchContainerDriver, number: int
    ) -> None:
        """Prepare; nothing happens before `run`."""
        self.status_reason = ""
        self.is_timed_out = self.has_succeeded = False
        self._control = control
        self._placement = placement
        self._driver = driver
        self._task = make_task(control.job, placement, number)
        self._folder = control.context.folder / "batch-jobs" / self._task.task_id
        self._container: Container | None = None
        self._log: ContainerLog | None = None
        self._exit_code: int | None = None
        self._has_exited = threading.Event()

    def run(self) -> None:
        """Do all of it, and add what DescribeJobs shows of it to the job."""
        control, job = self._control, self._control.job
        job.started_at = job.stopped_at = None
        job.present = self._describe_task()
        if not control.begin_start(STARTING):
            self.status_reason = control.end_reason or ""
            return
        problem = find_start_problem(self._task, self._placement)
        control.pause(control.context.settings.batch_delays.start)
        if problem:
            self.status_reason = failures.TASK_FAILED
            job.present["reason"] = problem
        elif control.end_reason is not None or control.lost_reason:
            self.status_reason = control.end_reason or control.lost_reason
        else:
            self._run_container()
        self._note_end()

    def hang(self) -> None:
        """Make a simulated container hang."""
        if isinstance(self._container, SimulatedContainer):
            self._container.hang()

    def close(self) -> None:
        """End the container, and remove its folder."""
        if self._container is not None:
            self._container.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run_container(self) -> None:
        control = self._control
        self._folder.mkdir(parents=True)
        container = self._driver.make_container(self._task, self._folder)
        self._container = container
        control.require_open()  # else nobody would close it
        self._log = self._make_log(container)
        control.job.started_at = control.now()
        control.change(RUNNING)
        container.start(self._note_exit)
        self._watch(container)
        if self._log is not None:
            self._log.send_new(is_over=True)

    def _watch(self, container: Container) -> None:
        """Return when the container has exited, and note how it ended."""
        control = self._control
        began_at, kill_at = control.now(), None
        times_out_at = self._times_out_at(began_at)
        while not self._has_exited.is_set():
            if self._is_gone_at_once():
                container.kill()
                self.status_reason = control.lost_reason
                return
            if times_out_at is not None and control.now() >= times_out_at:
                self.is_timed_out, times_out_at = True, None
            if kill_at is None and (
                self.is_timed_out or control.end_reason is not None or control.lost_reason
            ):
                kill_at = control.now() + timedelta(seconds=STOP_SECONDS)
                container.ask_stop()
            if kill_at is not None and control.now() >= kill_at:
                container.kill()
                self._exit_code = _KILLED
                break
            ends = [one for one in (kill_at, times_out_at) if one is not None]
            left = [(one - control.now()).total_seconds() for one in ends]
            control.wait(min([self._sync_seconds(began_at), *left]))
            if self._log is not None:
                self._log.send_new()
        self._note_result()

    def _note_result(self) -> None:
        control, job = self._control, self._control.job
        if self._exit_code is not None:
            job.present["exitCode"] = self._exit_code
        self.has_succeeded = self._exit_code == 0
        if self.is_timed_out:
            self.status_reason, self.has_succeeded = failures.TIMED_OUT, False
        elif control.end_reason is not None:
            self.status_reason, self.has_succeeded = control.end_reason, False
        elif control.lost_reason:
            self.status_reason, self.has_succeeded = control.lost_reason, False
        else:
            self.status_reason = failures.ESSENTIAL_EXITED

    def _note_end(self) -> None:
        control, job = self._control, self._control.job
        job.stopped_at = control.now()
        shown = ("containerInstanceArn", "taskArn", "exitCode", "reason", "logStreamName")
        container: dict[str, Any] = {one: job.present[one] for one in shown if one in job.present}
        entry: dict[str, Any] = {
            "container": {**container, "networkInterfaces": []},
            "stoppedAt": in_milliseconds(job.stopped_at),
            "statusReason": self.status_reason,
            "taskProperties": [],
        }
        if job.started_at is not None:
            entry["startedAt"] = in_milliseconds(job.started_at)
        job.attempts.append(entry)

    def _describe_task(self) -> dict[str, Any]:
        found: dict[str, Any] = {"taskArn": self._task.task_arn}
        if self._placement.container_instance_arn:
            found["containerInstanceArn"] = self._placement.container_instance_arn
        log = find_log(self._task)
        if log is not None:
            found["logStreamName"] = log.stream
        return found

    def _make_log(self, container: Container) -> ContainerLog | None:
        log = find_log(self._task)
        if log is None:
            return None
        prepare_group(log)
        role = log_role_of(self._task, self._placement)
        return ContainerLog(container, log.group, log.stream, role, self._task.task_id)

    def _is_gone_at_once(self) -> bool:
        """Return whether what it runs on is gone: a task on Fargate Spot gets SIGTERM before."""
        lost = self._control.lost_reason
        return bool(lost) and lost != failures.SPOT_TASK_INTERRUPTED

    def _times_out_at(self, began_at: datetime) -> datetime | None:
        seconds = self._control.job.timeout_seconds
        return None if seconds is None else began_at + timedelta(seconds=seconds)

    def _sync_seconds(self, began_at: datetime) -> float:
        if not self._control.context.clock.is_virtual:
            return _SYNC_SECONDS
        elapsed_seconds = (self._control.now() - began_at).total_seconds()
        return max(_SYNC_SECONDS, elapsed_seconds * _SYNC_SHARE)

    def _note_exit(self, code: int) -> None:
        if not self._has_exited.is_set():
            if self._exit_code is None:
                self._exit_code = code
            self._has_exited.set()
        self._control.wake()
