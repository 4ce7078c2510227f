"""Follows a job to its end, and asks once, on Ctrl-C, whether to end it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.bucket import Bucket
from parris.aws.translate_errors import translates_errors
from parris.errors import AwsThrottledError, AwsUnavailableError
from parris_cli.aws_errors import AWS_ERRORS, describe_error, is_denied, is_expired, is_temporary
from parris_cli.downloads.job_places import find_places
from parris_cli.errors import InterruptedByUserError, NotFollowedError
from parris_cli.following.history import ExecutionEnd
from parris_cli.reports.job_end import End, read_end
from parris_cli.stopping.request_stop import request_stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris_cli.account.clients import Account
    from parris_cli.following.job_progress import JobProgress
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.interrupts import Interrupts
    from parris_cli.terminal.screen import Screen

_EMBEDDED_POLL_SECONDS = 0.5
# GetExecutionHistory and GetLogEvents share their quotas with everything else in the account.
_REAL_POLL_SECONDS = 3.0
# The clock of the status line continues between two polls.
_STATUS_SECONDS = 1.0
_LAST_EVENT_WAIT_SECONDS = 2.0


class Follower:
    """Follows one job.

    Args:
        account: the account that it runs in.
        started: the job.
        progress: shows what is known of it.
        screen: shows lines.
        interrupts: Ctrl-C.
        is_ending: whether the user wants it to end, so that Ctrl-C asks no question any more.
        is_stop_requested: whether its run has received the request.
        is_detachable: whether Ctrl-C ends the command, without a question, and not the job.
        is_gone: whether its AWS has ended for good; an account never does.
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
        is_stop_requested: bool = False,
        is_detachable: bool = False,
        is_gone: Callable[[], bool] = lambda: False,
    ) -> None:
        self._account = account
        self._started = started
        self._progress = progress
        self._screen = screen
        self._interrupts = interrupts
        self._poll_seconds = _EMBEDDED_POLL_SECONDS if account.is_embedded else _REAL_POLL_SECONDS
        self._is_ending = is_ending
        self._is_stop_due = is_ending and not is_stop_requested
        self._is_stop_command = is_ending
        self._is_detachable = is_detachable
        self._is_gone = is_gone
        self._is_blind = False
        self._denial: ClientError | None = None
        self.known_end: ExecutionEnd | None = None

    @property
    def is_stop_due(self) -> bool:
        """Return whether the job should end and its run has not received the request yet."""
        return self._is_stop_due

    @property
    def job_prefix(self) -> str | None:
        """Return the job's folder in the training bucket, None if it is unknown."""
        return self._progress.job_prefix

    @property
    def history_events(self) -> int:
        """Return how many events of its history were read."""
        return self._progress.history.event_count

    def follow(self) -> End:
        """Return how the job ended.

        Raises:
            InterruptedByUserError: when the user stops following.
            NotFollowedError: when AWS does not show the job any more.
        """
        while True:
            self.known_end = self._poll()
            if self.known_end is not None:
                break
            if self._wait():
                self._answer_interrupt()
        self._see_last_event()
        self._screen.end_status()
        return self._end(self.known_end)

    def request_stop(self) -> None:
        """Return as soon as the run has received the stop request, or has ended.

        Raises:
            InterruptedByUserError: when the user does not want to wait.
            NotFollowedError: when AWS does not show the job any more, or refuses the request.
        """
        while self._is_stop_due:
            if self._poll() is not None:
                return
            if self._is_stop_due and self._wait():
                self._answer_interrupt()

    def _wait(self) -> bool:
        """Wait for the next poll, and return whether Ctrl-C came meanwhile."""
        left_seconds = self._poll_seconds
        while left_seconds > 0:
            seconds = min(left_seconds, _STATUS_SECONDS)
            if self._interrupts.wait(seconds):
                return True
            left_seconds -= seconds
            self._progress.show_status(datetime.now(UTC))
        return False

    def _poll(self) -> ExecutionEnd | None:
        """Show what is new, and return how the job ended; None while it is running."""
        try:
            # Queried first, so that what is shown afterwards includes everything up to the end.
            end = self._ask_end()
            self._progress.update(datetime.now(UTC))
            end = end or self._end_in_history()
            if self._is_stop_due and end is None:
                self._try_to_stop()
        except (AwsThrottledError, AwsUnavailableError) as err:
            if self._is_gone():
                raise NotFollowedError("its AWS has ended") from err
            if not self._is_blind:
                self._screen.warn(f"AWS is unreachable; the job keeps running: {err}")
            self._is_blind = True
            return None
        except AWS_ERRORS as err:
            raise NotFollowedError(describe_error(err)) from err
        self._is_blind = False
        return end

    @translates_errors
    def _ask_end(self) -> ExecutionEnd | None:
        try:
            execution = self._account.stepfunctions.describe_execution(
                executionArn=self._started.execution_arn
            )
        except ClientError as err:
            if not is_denied(err):
                raise
            self._denial = err
            return None
        self._denial = None
        if execution["status"] == "RUNNING":
            return None
        return ExecutionEnd.from_description(execution)

    def _end_in_history(self) -> ExecutionEnd | None:
        """Return the end according to the history, for when DescribeExecution is denied."""
        if self._denial is None:
            return None
        if self._progress.is_history_denied:
            raise NotFollowedError(describe_error(self._denial)) from self._denial
        self._progress.note("its end is read from its history", self._denial)
        return self._progress.history.end

    def _try_to_stop(self) -> None:
        try:
            self._is_stop_due = not self._send_stop_request()
        except AWS_ERRORS as err:
            if is_temporary(err) or is_expired(err):
                raise
            if self._is_stop_command:
                raise NotFollowedError(f"the stop request failed: {describe_error(err)}") from err
            self._is_stop_due = False
            self._progress.note("the stop request failed", err)

    @translates_errors
    def _send_stop_request(self) -> bool:
        job = self._progress.job
        return job is not None and request_stop(
            self._account, job.training_job_name, job.execution_arn, datetime.now(UTC)
        )

    def _answer_interrupt(self) -> None:
        if self._is_ending or self._is_detachable:
            raise InterruptedByUserError
        # The terminal has shown ^C on the status line, and the question comes there.
        self._screen.end_status()
        if self._interrupts.should_end(outlives_command=not self._account.is_embedded):
            self._is_stop_due = True
            self._screen.say("ending the job (Ctrl-C again: do not wait for it)")
        else:
            self._screen.say("the job keeps running")

    def _see_last_event(self) -> None:
        deadline = time.monotonic() + _LAST_EVENT_WAIT_SECONDS
        progress = self._progress
        while not (progress.history.is_over or progress.is_history_denied):
            if time.monotonic() >= deadline:
                return
            try:
                self._poll()
            except NotFollowedError:
                return  # it is known to have ended
            time.sleep(0.05)

    def _end(self, execution: ExecutionEnd) -> End:
        prefix = self._progress.job_prefix
        log = self._progress.log
        if prefix is not None and log is not None and not log.is_whole:
            try:
                places = find_places(self._account, prefix, {})
                bucket = Bucket(self._account.s3, places.bucket)
                whole_log = bucket.read(places.log_key) or b""
            except AWS_ERRORS as err:
                self._progress.note("the rest of its log is not shown", err)
                whole_log = b""
            self._screen.show_log_lines(log.missed_lines(whole_log))
        return read_end(self._account, execution, prefix, self._progress.history.event_count)
