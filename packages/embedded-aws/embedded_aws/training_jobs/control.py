"""The state of a running job that its thread shares with requests and faults.

They leave a note here and wake the thread. The thread alone changes the job's statuses, except that
a stop is shown at once.
"""

import threading
from datetime import datetime, timedelta

from embedded_aws.context import Context
from embedded_aws.job_waits import JobWaits
from embedded_aws.training_jobs.events import report_change
from embedded_aws.training_jobs.final_metrics import FinalMetrics
from embedded_aws.training_jobs.job import IN_PROGRESS, STOPPING, TrainingJob

_DEFAULT_RUNTIME_SECONDS = 86_400


class JobControl(JobWaits):
    """What is to happen to a job, and its waits.

    `stop_as` is the last secondary status of a job that is to stop, empty for any other;
    `is_interrupted` and `is_lost` say that its instances are gone; `metrics` reads its logs.

    Args:
        context: the embedded AWS.
        job: the job.
    """

    def __init__(self, context: Context, job: TrainingJob) -> None:
        """Begin with a job that runs."""
        super().__init__(context)
        self.job = job
        self.stop_as = ""
        self.is_interrupted = self.is_lost = False
        self.metrics = FinalMetrics(job.request)
        self._changing = threading.RLock()

    def begin_stop(self, stop_as: str) -> None:
        """Stop the job, unless it stops already or has ended.

        Args:
            stop_as: its last secondary status.
        """
        with self._changing:
            if self.stop_as or self.job.has_ended:
                return
            self.stop_as = stop_as
            self.job.change(STOPPING, "Stopping", self.now())
            report_change(self.job)
        self.wake()

    def change(self, status: str, secondary_status: str) -> None:
        """Change the job's statuses; one that stops stays `Stopping` until it has ended."""
        with self._changing:
            if status == IN_PROGRESS and self.stop_as:
                return
            self.job.change(status, secondary_status, self.now())
            report_change(self.job)

    def stop_when_time_is_over(self) -> None:
        """Stop a job that has used up its longest runtime or wait."""
        waits_until = self.waits_until()
        if self.now() >= self.runs_until():
            self.begin_stop("MaxRuntimeExceeded")
        elif waits_until is not None and self.now() >= waits_until:
            self.begin_stop("MaxWaitTimeExceeded")

    def runs_until(self) -> datetime:
        """Return when the longest runtime is over, if its instances stay."""
        longest = self.job.request["StoppingCondition"].get(
            "MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS
        )
        left = longest - self.job.training_seconds(self.now())
        return self.now() + timedelta(seconds=left)

    def waits_until(self) -> datetime | None:
        """Return when a job on spot instances must have ended, None for any other."""
        longest = self.job.request["StoppingCondition"].get("MaxWaitTimeInSeconds")
        return None if longest is None else self.job.created_at + timedelta(seconds=longest)

    def pause(self, seconds: float) -> None:
        """Let time pass, unless the job stops or loses its instances."""
        ends_at = self.now() + timedelta(seconds=seconds)
        while not (self.stop_as or self.is_interrupted or self.is_lost):
            left_seconds = (ends_at - self.now()).total_seconds()
            if left_seconds <= 0:
                return
            self.wait(left_seconds)
