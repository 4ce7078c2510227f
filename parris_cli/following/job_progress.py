"""Shows a running job: its states, its script's log, its time and cost against their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import translates_errors
from parris.costs.cost import cost_basis, spent_usd
from parris.folder import JobFolder
from parris.job import Job
from parris.payloads import Payload, maybe_text_in, part_of
from parris.timestamps import format_timestamp, parse_timestamp
from parris_cli import formatting
from parris_cli.aws_errors import describe_error, is_denied, is_expired, is_temporary
from parris_cli.following.history import History, Transition
from parris_cli.following.trainer_log import TrainerLog
from parris_cli.reports.quote import format_quote

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.screen import Screen


class JobProgress:
    """What is known of one job. `job` is None until ValidateConfig has accepted it.

    If a permission is missing, that is shown once and noted; everything else is still shown.

    Args:
        account: the account that it runs in.
        started: the job.
        screen: shows it.
        name: its training-job-name if known; its history is more reliable.
    """

    def __init__(
        self, account: Account, started: StartedJob, screen: Screen, name: str | None = None
    ) -> None:
        self._name = name
        self._account = account
        self._started = started
        self._screen = screen
        self._seen_states: set[str] = set()
        self._launched_at: datetime | None = None
        self._state = ""
        self._is_quote_shown = False
        self.history = History(account.stepfunctions, started.execution_arn)
        self.job: Job | None = None
        self.log: TrainerLog | None = None
        self.is_history_denied = False
        self.notes: dict[str, str] = {}

    @property
    def job_prefix(self) -> str | None:
        """Return the job's folder in the training bucket, None if it is unknown."""
        if self.job is not None:
            return self.job.folder.prefix
        if not self.is_history_denied or self._name is None:
            return None
        bucket = self._account.deployment.bucket
        return JobFolder(bucket, self._name, self._started.job_id).prefix

    @translates_errors
    def update(self, now: datetime) -> None:
        """Show what is new.

        Raises:
            AwsThrottledError, AwsUnavailableError: when AWS cannot be reached.
            ClientError: when the credentials are no longer valid.
        """
        try:
            transitions = self.history.new_transitions()
            self.is_history_denied = False
        except ClientError as err:
            if not is_denied(err):
                raise
            self.is_history_denied = True
            self.note("its states are not shown", err)
            transitions = []
            if self.log is None and self._name is not None:
                self._follow_log(self._name)
        for transition in transitions:
            if transition.is_entered:
                self._enter(transition)
            else:
                self._take_output(transition)
        for line in self._new_lines():
            self._screen.show_log_line(line)
        self._screen.show_status(self._status(now), now.timestamp())

    def note(self, what: str, err: Exception) -> None:
        """Show once what is missing, and why."""
        if what not in self.notes:
            self.notes[what] = f"{what}: {describe_error(err)}"
            self._screen.say(self.notes[what])

    def _new_lines(self) -> list[str]:
        try:
            return [] if self.log is None else self.log.new_lines()
        except ClientError as err:
            if is_expired(err) or is_temporary(err):
                raise
            self.note("its script's log is not shown", err)
            return []

    def outcome_so_far(self, now: datetime) -> Payload:
        """Return the outcome of a job that is no longer followed, as far as it is known; empty
        before its machine was launched.
        """
        if self.job is None or self._launched_at is None:
            return {}
        ran_seconds = self._ran_seconds(now)
        rate = self.job.rate
        return {
            "started_at": format_timestamp(self._launched_at),
            "runtime_seconds": ran_seconds,
            "estimated_cost_usd": None if rate is None else str(spent_usd(rate, ran_seconds)),
            "cost_basis": None if rate is None else cost_basis(rate, ran_seconds),
        }

    def _ran_seconds(self, now: datetime) -> int:
        launched_at = self._launched_at or now
        return max(0, int((now - launched_at).total_seconds()))

    def _enter(self, transition: Transition) -> None:
        self._state = transition.state
        # The states of a loop repeat for as long as the job runs: each is shown once.
        if transition.state not in self._seen_states:
            self._seen_states.add(transition.state)
            after_seconds = int((transition.at - self._started.started_at).total_seconds())
            self._screen.say(f"{max(0, after_seconds):>5} s  {transition.state}")

    def _take_output(self, transition: Transition) -> None:
        quote = part_of(transition.output, "quote")
        if quote and not self._is_quote_shown:
            # ValidateConfig has succeeded, and nothing is created yet.
            self._is_quote_shown = True
            for line in format_quote(quote):
                self._screen.say(line)
        job = part_of(transition.output, "job")
        if job and (self.job is None or self.job.attempt != job.get("attempt")):
            self._take_job(Job.from_payload(job))
        launched_at = maybe_text_in(part_of(transition.output, "run"), "launched_at")
        if self._launched_at is None and launched_at is not None:
            self._launched_at = parse_timestamp(launched_at)

    def _take_job(self, job: Job) -> None:
        if self.job is not None:
            # The next of the config's instance types, at another price.
            self.job = job
            self._screen.say(f"trying {formatting.plan(job)}")
            return
        self.job = job
        if self.log is None:
            self._follow_log(job.training_job_name)
        self._screen.say(formatting.plan(job))

    def _follow_log(self, name: str) -> None:
        stream = f"{name}/{self._started.job_id}"
        self.log = TrainerLog(self._account.logs, self._account.deployment.log_group, stream)

    def _status(self, now: datetime) -> str:
        if self.job is None or self._launched_at is None:
            return self._state or "starting"
        limits, rate = self.job.limits, self.job.rate
        ran_seconds = self._ran_seconds(now)
        limit_seconds = limits.time_limit_seconds
        parts = [
            formatting.against_limit(
                formatting.duration(ran_seconds),
                None if limit_seconds is None else formatting.duration(limit_seconds),
            )
        ]
        if rate is not None:
            spent = str(spent_usd(rate, ran_seconds))
            parts.append(formatting.against_limit(spent, limits.cost_limit_usd, "USD"))
        return "  ".join([*parts, self._state])
