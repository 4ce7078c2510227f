"""The state of a job that its thread shares with requests, faults and other jobs.

They leave a note here and wake the thread, which alone changes the job's status.
"""

import threading
from datetime import datetime, timedelta

from embedded_aws.batch_jobs.events import report_blocked, report_change
from embedded_aws.batch_jobs.job import RUNNABLE, BatchJob
from embedded_aws.context import Context
from embedded_aws.job_waits import JobWaits


class JobControl(JobWaits):
    """What is to happen to a job, and its waits.

    `end_reason` is why a job is to end, None for any other. `lost_reason` is why its instance or
    its capacity is gone, empty while it is there.

    Args:
        context: the embedded AWS.
        job: the job.
    """

    def __init__(self, context: Context, job: BatchJob) -> None:
        """Begin with a job that runs."""
        super().__init__(context)
        self.job = job
        self.end_reason: str | None = None
        self.lost_reason = ""
        self._changing = threading.RLock()

    def terminate(self, reason: str) -> None:
        """End the job as TerminateJob does, unless it ends already."""
        with self._changing:
            if self.job.has_ended or self.end_reason is not None:
                return
            self.end_reason, self.job.is_terminated = reason, True
        self.wake()

    def cancel(self, reason: str) -> None:
        """End the job as CancelJob does, which has no effect once it starts."""
        with self._changing:
            if self.job.status not in ("SUBMITTED", "PENDING", RUNNABLE):
                return
            if self.end_reason is None:
                self.end_reason, self.job.is_cancelled = reason, True
        self.wake()

    def lose(self, reason: str) -> None:
        """Note that what the job runs on is gone."""
        self.lost_reason = self.lost_reason or reason
        self.wake()

    def change(self, status: str, reason: str = "") -> None:
        """Change the job's status."""
        with self._changing:
            self.job.change(status, reason, self.now())
        report_change(self.job)

    def begin_start(self, status: str) -> bool:
        """Change to a status from which CancelJob has no effect; return False if it is to end."""
        with self._changing:
            if self.end_reason is not None:
                return False
            self.job.change(status, "", self.now())
        report_change(self.job)
        return True

    def show_blocked(self, reason: str) -> None:
        """Show why a job does not get beyond RUNNABLE; an empty reason shows nothing."""
        with self._changing:
            if reason == self.job.status_reason:
                return
            self.job.change(RUNNABLE, reason, self.now())
        if reason:
            report_blocked(self.job)

    def pause(self, seconds: float) -> None:
        """Let time pass, unless the job is to end or has lost what it runs on."""
        self.pause_until(self.now() + timedelta(seconds=seconds))

    def pause_until(self, timestamp: datetime) -> None:
        """Let time pass until then, unless the job is to end or has lost what it runs on."""
        while self.end_reason is None and not self.lost_reason:
            left_seconds = (timestamp - self.now()).total_seconds()
            if left_seconds <= 0:
                return
            self.wait(left_seconds)
