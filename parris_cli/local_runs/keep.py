"""Keeps what a job of `parris run --embedded` has so far, in case that its command is killed.

Its AWS is in the memory of the command. What the runner had sent to it would be lost.
"""

from __future__ import annotations

import io
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from parris.payloads import part_of
from parris.timestamps import format_timestamp
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.downloads.download import download_results
from parris_cli.downloads.job_places import find_places
from parris_cli.errors import CommandError
from parris_cli.following.find_started import FoundJob
from parris_cli.following.history import History, Transition
from parris_cli.following.path import last_state
from parris_cli.local_runs.kept_timeline import timeline_to_json
from parris_cli.local_runs.local_run import write_local_run
from parris_cli.logs.live_log import LiveLog
from parris_cli.runs.run import Run
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from types import TracebackType

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.local_runs.local_run import LocalRun
    from parris_cli.starting.start_job import StartedJob

_PAUSE_SECONDS = 3.0
_LEAVE_WITHIN_SECONDS = 10.0
_NOT_KEPT = (*AWS_ERRORS, CommandError, OSError, ValueError, KeyError, TypeError)
_OF_THE_RECORD = ("config", "script", "code", "started_by")


class Keeper:
    """Writes what a job has so far into the history, every three seconds inside its block.

    `run` is the job as it was written last.
    """

    def __init__(self, account: Account, started: StartedJob, run: LocalRun) -> None:
        self.run = run
        self._account, self._started = account, started
        self._history = History(account.stepfunctions, started.execution_arn)
        self._transitions: list[Transition] = []
        self._log: LiveLog | None = None
        self._is_over = threading.Event()
        # A daemon, so that a hanging request does not delay the exit.
        self._thread = threading.Thread(target=self._keep_on, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        # Made here: two threads that need a client at the same time would make one each.
        self._account.s3, self._account.logs  # noqa: B018
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Note the last states, and leave the files to the command where it has downloaded them."""
        self._is_over.set()
        self._thread.join(_LEAVE_WITHIN_SECONDS)
        with suppress(*_NOT_KEPT):
            self._note_states()
        if self.run.results.is_dir():
            self.run.kept_log.unlink(missing_ok=True)
            shutil.rmtree(self.run.kept_results, ignore_errors=True)

    def keep(self) -> None:
        """Write what there is now."""
        self._note_states()
        write_local_run(self.run)
        job = part_of(last_state(self._transitions), "job")
        if job:
            self._append_log()
            places = find_places(self._account, self._prefix, {})
            download_results(self._account, places, self.run.kept_results, Screen(io.StringIO()))

    @property
    def _prefix(self) -> str:
        return f"jobs/{self.run.run.name}/{self.run.job_id}"

    def _keep_on(self) -> None:
        while not self._is_over.wait(_PAUSE_SECONDS):
            with suppress(*_NOT_KEPT):
                self.keep()

    def _note_states(self) -> None:
        now = datetime.now(UTC)
        self._transitions += self._history.new_transitions()
        state, started = last_state(self._transitions), self._started
        run = Run.from_state(started.job_id, started.execution_arn, started.started_at, state, now)
        job = part_of(state, "job")
        self.run = replace(
            self.run,
            entry={**self.run.entry, **_entry_of(run)} if job else self.run.entry,
            timeline=timeline_to_json(self._transitions),
            begun={key: job.get(key) for key in _OF_THE_RECORD} if job else {},
            known_at=format_timestamp(now),
        )

    def _append_log(self) -> None:
        if self._log is None:
            found = FoundJob(self.run.job_id, self.run.run.name, self._started)
            self._log = LiveLog(self._account, found, None)
        lines = self._log.new_lines()
        with self.run.kept_log.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def _entry_of(run: Run) -> Payload:
    """Return what the entry of a running job says of it until it has one in the run index."""
    known: Payload = {
        "training_job_name": run.name,
        "target": run.target,
        "title": run.title,
        "started_at": None if run.started_at is None else format_timestamp(run.started_at),
        "runtime_seconds": run.runtime_seconds,
        "estimated_cost_usd": None if run.cost_usd is None else f"{run.cost_usd:f}",
        "time_limit_seconds": run.time_limit_seconds,
        "cost_limit_usd": None if run.cost_limit_usd is None else f"{run.cost_limit_usd:f}",
        "clock_time": None if run.clock_time is None else format_timestamp(run.clock_time),
    }
    return {key: value for key, value in known.items() if value is not None}
