"""Shows a running job: its phases, its script's log, its time and cost against their limits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import translates_errors
from parris.costs.cost import cost_basis, spent_usd
from parris.folder import JobFolder
from parris.job import Job
from parris.past_attempt import sum_usd
from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, parts_in
from parris.timestamps import format_timestamp, parse_timestamp
from parris_cli import formatting
from parris_cli.aws_errors import describe_error, is_denied, is_expired, is_temporary
from parris_cli.following.history import History, Transition
from parris_cli.following.job_status import deadline_words, log_remark, status_of
from parris_cli.following.phase import Phase, PhaseSeen, phase_of, phase_of_line
from parris_cli.following.service_log import ServiceLog, place_of_log
from parris_cli.following.trainer_log import TrainerLog
from parris_cli.reports.quote import format_quote, quote_notes, summarize_quote
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.account.clients import Account
    from parris_cli.following.live_panel import LivePanel
    from parris_cli.starting.start_job import StartedJob
    from parris_cli.terminal.screen import Screen


_LOG_IS_NOT_SHOWN = "its script's log is not shown"


class JobProgress:
    """What is known of one job. `job` is None until ValidateConfig has accepted it.

    If a permission is missing, that is shown once and noted; everything else is still shown.

    Args:
        account: the account that it runs in.
        started: the job.
        screen: shows it.
        name: its training-job-name if known; its history is more reliable.
        panel: what stays above the status line; None for nothing.
    """

    def __init__(
        self,
        account: Account,
        started: StartedJob,
        screen: Screen,
        name: str | None = None,
        panel: LivePanel | None = None,
    ) -> None:
        self._panel = panel
        self._name = name
        self._account = account
        self._started = started
        self._screen = screen
        self._seen_states: set[str] = set()
        self._launched_at: datetime | None = None
        self._phase, self._phase_since = Phase.CHECKING, started.started_at
        self._has_caught_up = False
        if panel is not None:
            panel.begin(self._phase, started.started_at)
        self._last_log_at: datetime | None = None
        self._next_check_at: datetime | None = None
        self._is_quote_shown = False
        self.history = History(account.stepfunctions, started.execution_arn)
        self.job: Job | None = None
        self._machine_id: str | None = None
        self.log: TrainerLog | ServiceLog | None = None
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
                self._take_output(transition, now)
        self._show_log(now)
        self._has_caught_up = True
        self.show_status(now)

    def show_status(self, now: datetime) -> None:
        """Show how far the job is, by what is known of it already."""
        ran_seconds = None if self._launched_at is None else self._ran_seconds(now)
        since_seconds = max(0, int((now - self._phase_since).total_seconds()))
        status = status_of(self._phase, self.job, since_seconds, ran_seconds, self._remark(now))
        panel = self._panel
        lines = [] if panel is None else panel.lines(now, has_blocks=self._screen.has_blocks)
        self._screen.show_status(status, now.timestamp(), lines)

    def note(self, what: str, err: Exception) -> None:
        """Show once what is missing, and why."""
        if what not in self.notes:
            self.notes[what] = f"{what}: {describe_error(err)}"
            self._screen.warn(self.notes[what])

    def _new_lines(self) -> list[str]:
        try:
            return [] if self.log is None else self.log.new_lines()
        except ClientError as err:
            if is_expired(err) or is_temporary(err):
                raise
            self.note(_LOG_IS_NOT_SHOWN, err)
            return []

    def outcome_so_far(self, now: datetime) -> Payload:
        """Return the outcome of a job that is no longer followed, as far as it is known; empty
        before its machine was launched.
        """
        if self.job is None or self._launched_at is None:
            return {}
        ran_seconds = self._ran_seconds(now)
        rate, past = self.job.rate, self.job.past_attempts
        cost_usd = None if rate is None else str(spent_usd(rate, ran_seconds))
        return {
            "started_at": format_timestamp(self._launched_at),
            "runtime_seconds": ran_seconds + sum(one.runtime_seconds for one in past),
            "estimated_cost_usd": sum_usd([cost_usd, *(one.cost_usd for one in past)]),
            "cost_basis": None if rate is None else cost_basis(rate, ran_seconds),
        }

    def _ran_seconds(self, now: datetime) -> int:
        launched_at = self._launched_at or now
        return max(0, int((now - launched_at).total_seconds()))

    def _enter(self, transition: Transition) -> None:
        # The states of a loop repeat for as long as the job runs: each is shown once.
        if transition.state not in self._seen_states:
            self._seen_states.add(transition.state)
            after_seconds = int((transition.at - self._started.started_at).total_seconds())
            self._screen.say_details(f"{max(0, after_seconds):>5} s  {transition.state}")

    def _take_output(self, transition: Transition, now: datetime) -> None:
        output = transition.output
        self._show_quote(part_of(output, "quote"))
        job = part_of(output, "job")
        if job and (self.job is None or _launch_of(self.job.to_payload()) != _launch_of(job)):
            self._take_job(Job.from_payload(job), transition.at, now)
        launched_at = maybe_text_in(part_of(output, "run"), "launched_at")
        if self._launched_at is None and launched_at is not None:
            self._launched_at = parse_timestamp(launched_at)
        self._follow_machine(maybe_text_in(part_of(output, "run"), "machine_id"))
        next_check_seconds = maybe_int_in(part_of(output, "decision"), "next_check_seconds")
        if next_check_seconds is not None:
            self._next_check_at = transition.at + timedelta(seconds=next_check_seconds)
        if not output:
            return
        seen = phase_of(output)
        if seen.phase in (Phase.SAVING, Phase.CLEANING_UP) and seen.phase is not self._phase:
            # What the script wrote comes before its end.
            self._show_log(now)
        self._go_on_to(seen, transition.at, now)

    def _show_quote(self, quote: Payload) -> None:
        if not quote or self._is_quote_shown:
            return
        # ValidateConfig has succeeded, and nothing is created yet.
        self._is_quote_shown = True
        self._screen.say("\n".join(summarize_quote(quote)), "quote")
        for note in quote_notes(quote):
            self._screen.warn(note)
        self._screen.say_details("\n".join(format_quote(quote)[2:]))

    def _take_job(self, job: Job, at: datetime, now: datetime) -> None:
        is_another_machine = self.job is not None
        if self._panel is not None and not is_another_machine:
            self._panel.find_metrics({name: str(one) for name, one in job.metrics.items()})
        if self.job is not None and self.job.attempt_number != job.attempt_number:
            self._launched_at = self._next_check_at = None
        self.job = job
        if self.log is None:
            self._follow_log(job.training_job_name)
        # Another of the machines that the config is content with comes at another price.
        words = formatting.plan(job) if is_another_machine else job.title
        if job.past_attempts:
            words = f"attempt {job.attempt_number} of {job.max_attempts}: {words}"
        self._begin(Phase.LAUNCHING, words, at, now)

    def _go_on_to(self, seen: PhaseSeen, at: datetime, now: datetime) -> None:
        """Enter a later phase. The log may show one before the states do."""
        order = list(Phase)
        if order.index(seen.phase) <= order.index(self._phase):
            return
        words = seen.words
        if seen.phase is Phase.STARTING and isinstance(self.log, ServiceLog):
            # No runner reports when the script starts: the service bills from here on.
            seen = PhaseSeen(Phase.TRAINING)
        if seen.phase is Phase.STARTING:
            words = "the machine boots and fetches the job's files"
        if seen.phase is Phase.TRAINING and self.job is not None and self._launched_at is not None:
            words = deadline_words(self.job, self._launched_at, now)
        self._begin(seen.phase, words, at, now)

    def _begin(self, phase: Phase, words: str, at: datetime, now: datetime) -> None:
        self._phase, self._phase_since = phase, at
        if self._panel is not None:
            self._panel.begin(phase, at)
        # Otherwise the line of the phase before stays below until everything new is shown.
        self._screen.end_status()
        self._screen.say(words, phase, Style.PHASE)
        self.show_status(now)

    def _show_log(self, now: datetime) -> None:
        shown: list[str] = []
        for line in self._new_lines():
            seen = phase_of_line(line)
            if seen is not None:
                self._screen.show_log_lines(shown)
                shown = []
                # When an earlier line came is not known; the machine is what is paid.
                self._go_on_to(seen, now if self._has_caught_up else self._phase_since, now)
            shown.append(line)
            self._last_log_at = now
        if self._panel is not None:
            self._panel.read(shown)
        self._screen.show_log_lines(shown)
        if self._phase is Phase.STARTING and _LOG_IS_NOT_SHOWN in self.notes:
            self._go_on_to(PhaseSeen(Phase.TRAINING), now, now)

    def _remark(self, now: datetime) -> str:
        if self._phase is not Phase.TRAINING:
            return ""
        log_at, check_at = self._last_log_at, self._next_check_at
        return log_remark(
            None if log_at is None else int((now - log_at).total_seconds()),
            None if check_at is None else int((check_at - now).total_seconds()),
        )

    def _follow_log(self, name: str) -> None:
        stream = f"{name}/{self._started.job_id}"
        self.log = TrainerLog(self._account.logs, self._account.deployment.log_group, stream)

    def _follow_machine(self, machine_id: str | None) -> None:
        """Follow the log of a new machine where its target's service writes it."""
        if machine_id is None or machine_id == self._machine_id or self.job is None:
            return
        self._machine_id = machine_id
        place = place_of_log(self._account, self.job, machine_id)
        if place is not None:
            self.log = ServiceLog(self._account.logs, place)


def _launch_of(job: Payload) -> tuple[object, int]:
    """Return what tells one launch of a job from the next: its attempt, and the offer in it."""
    return job.get("attempt"), len(parts_in(job, "past_attempts"))
