"""Follows a job to its end, and asks once, when Ctrl-C is pressed, whether to end it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.errors import InterruptedByUserError
from cli.job_end import End, read_end
from cli.stop_job import wish_stop
from parris.aws.bucket import Bucket
from parris.aws.translate_errors import translates_errors
from parris.errors import AwsThrottledError, AwsUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from cli.account import Account
    from cli.interrupts import Interrupts
    from cli.job_progress import JobProgress
    from cli.screen import Screen
    from cli.start_job import StartedJob

_EMBEDDED_LOOK_SECONDS = 0.5
# GetExecutionHistory and GetLogEvents are shared by everybody in an account.
_REAL_LOOK_SECONDS = 3.0
_LAST_EVENT_WAIT_SECONDS = 2.0


class Follower:
    """Follows one job.

    Args:
        account: where it runs.
        started: the job.
        progress: what is known and shown of it.
        screen: where it is shown.
        interrupts: Ctrl-C.
        is_ending: the person wants it to end, so that Ctrl-C is no question any more.
        is_told: and its run knows that.
    """

    def __init__(
        self,
        account: Account,
        started: StartedJob,
        progress: JobProgress,
        screen: Screen,
        interrupts: Interrupts,
        *,
        is_ending: bool = False,
        is_told: bool = False,
    ) -> None:
        self._account = account
        self._started = started
        self._progress = progress
        self._screen = screen
        self._interrupts = interrupts
        self._look_seconds = _EMBEDDED_LOOK_SECONDS if account.is_embedded else _REAL_LOOK_SECONDS
        self._is_ending = is_ending
        self._is_stop_due = is_ending and not is_told
        self._is_blind = False

    @property
    def is_stop_due(self) -> bool:
        """Return whether the job is to end and its run does not know it yet."""
        return self._is_stop_due

    def follow(self) -> End:
        """Return how the job ended.

        Raises:
            InterruptedByUserError: when the person wants to see no more of it.
        """
        while True:
            execution = self._look()
            if execution is not None and execution["status"] != "RUNNING":
                break
            if self._interrupts.wait(self._look_seconds):
                self._answer_interrupt()
        self._see_last_event()
        self._screen.end_status()
        return self._end(execution)

    def tell(self) -> None:
        """Return as soon as the run knows that it is to end, or is over.

        Raises:
            InterruptedByUserError: when the person does not want to wait for that.
        """
        while self._is_stop_due:
            execution = self._look()
            if execution is not None and execution["status"] != "RUNNING":
                return
            if self._is_stop_due and self._interrupts.wait(self._look_seconds):
                self._answer_interrupt()

    def _look(self) -> DescribeExecutionOutputTypeDef | None:
        try:
            # Asked first, so that what is shown after it holds everything up to the end.
            execution = self._describe()
            self._progress.look(datetime.now(UTC))
            if self._is_stop_due:
                self._is_stop_due = not self._wish_stop()
        except (AwsThrottledError, AwsUnavailableError) as err:
            if not self._is_blind:
                self._screen.say(f"AWS cannot be asked at the moment, the job goes on: {err}")
            self._is_blind = True
            return None
        self._is_blind = False
        return execution

    @translates_errors
    def _describe(self) -> DescribeExecutionOutputTypeDef:
        return self._account.stepfunctions.describe_execution(
            executionArn=self._started.execution_arn
        )

    @translates_errors
    def _wish_stop(self) -> bool:
        job = self._progress.job
        return job is not None and wish_stop(
            self._account, job.training_job_name, job.execution_arn, datetime.now(UTC)
        )

    def _answer_interrupt(self) -> None:
        if self._is_ending:
            raise InterruptedByUserError
        is_wanted = self._interrupts.asks_to_end()
        if is_wanted is None and not self._account.is_embedded:
            raise InterruptedByUserError
        # With nobody to answer, an embedded job is ended: it could not outlive this command.
        if is_wanted is None or is_wanted:
            self._is_stop_due = True
            self._screen.say("ending the job (Ctrl-C again: do not wait for it)")
        else:
            self._screen.say("the job goes on")

    def _see_last_event(self) -> None:
        deadline = time.monotonic() + _LAST_EVENT_WAIT_SECONDS
        while not self._progress.history.is_over and time.monotonic() < deadline:
            self._look()
            time.sleep(0.05)

    def _end(self, execution: DescribeExecutionOutputTypeDef) -> End:
        job = self._progress.job
        bucket = Bucket(self._account.s3, self._account.deployment.bucket)
        if job is not None and self._progress.log is not None:
            whole_log = bucket.read(f"{job.folder.prefix}/log.txt") or b""
            for line in self._progress.log.missed_lines(whole_log.decode(errors="replace")):
                self._screen.show_log_line(line)
        return read_end(self._account, execution, job, self._progress.history.event_count)
