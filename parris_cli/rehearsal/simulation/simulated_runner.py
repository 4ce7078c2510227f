"""Parris's runner by the clock: it trains, saves at a limit or on request, uploads and reports."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from embedded_aws.context import current
from parris_cli.rehearsal.simulation.heartbeat import Heartbeat
from parris_cli.rehearsal.simulation.job_folder import JobFolder
from parris_cli.rehearsal.simulation.runner_decisions import (
    DECISION_FILE,
    decision_by_metric,
    decision_by_silence,
)
from parris_cli.rehearsal.simulation.runner_files import (
    RUNGS_FILE,
    ScriptEnd,
    exit_report,
    reached_rungs,
    results_manifest,
    started,
)
from parris_cli.rehearsal.simulation.runner_limits import (
    RunnerLimit,
    earliest_limit,
    runner_module,
)
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

BY_SIGNAL, BY_INTERRUPTION = "signal", "interruption"
_BY_SCRIPT = "script"
# As in templates/runner/runner_job.py.
_DEFAULT_SYNC_INTERVAL_SECONDS = 300
_SAYS_AT_START = "simulated: training"


class _Phase(StrEnum):
    HALTED = "halted"
    STARTING = "starting"
    TRAINING = "training"
    SAVING = "saving"
    UPLOADING = "uploading"
    ENDED = "ended"


class SimulatedRunner:
    """The runner of a machine or of a container.

    `training` is that of its job, once the job is known.

    Args:
        folder: its files in S3.
        training: what its script does.
        changing: the lock of what it runs on.
        on_end: called when it has reported the end, with how the script ended.
    """

    def __init__(
        self,
        folder: JobFolder,
        training: SimulatedTraining,
        changing: threading.RLock,
        on_end: Callable[[ScriptEnd], None],
    ) -> None:
        """Do nothing before `start`."""
        self.training = training
        self._folder = folder
        self._changing = changing
        self._on_end = on_end
        self._clock = current().clock
        self._job: dict[str, Any] = {}
        self._log: list[tuple[datetime, str]] = []
        self._sent_lines = 0
        self._phase = _Phase.HALTED
        self._is_job_over = False
        self._started_at: datetime | None = None
        self._plans: list[Callable[[], None]] = []
        self._limit: RunnerLimit | None = None
        self._upload_until = math.inf
        self._heartbeat: Heartbeat | None = None

    @property
    def is_at_work(self) -> bool:
        """Return whether it has started, and is not halted."""
        return self._phase not in (_Phase.HALTED, _Phase.STARTING)

    @property
    def is_job_over(self) -> bool:
        """Return whether its script has ended: it never starts a second time."""
        return self._is_job_over

    @property
    def is_on_spot(self) -> bool:
        """Return whether its job says so."""
        return self._job.get("is_spot") is True

    @property
    def grace_seconds(self) -> float:
        """Return how long the script of its job may save."""
        return float(self._job["save_grace_seconds"])

    @property
    def lines(self) -> list[str]:
        """Return its log so far."""
        return [line for _, line in self._log]

    def start(self, launched_at: float) -> None:
        """Fetch the job, report its start and start its script.

        Args:
            launched_at: what the limits count from, in Unix seconds.

        Raises:
            Exception: whatever prevents it.
        """
        with self._changing:
            self._enter(_Phase.STARTING)
        now = self._clock.now()
        self._job = json.loads(self._folder.read("job.json"))
        self.training = self.training.of(self._job["training_job_name"])
        archive = self._folder.read("runner.zip")
        source = runner_module(archive, "runner_deadline.py")
        limit = None
        if self.training.keeps_limits:
            limit = self._limit = earliest_limit(source, self._job, launched_at)
        if limit is not None and limit.stop_at <= now.timestamp():
            self.say(f"parris: the {limit.ended_by} passed before the script started")
            self._end(ScriptEnd(limit.ended_by, None, None, None))
            return
        self._folder.write({"started.json": started(now)})
        self._begin_heartbeat()
        self.say(f"parris: starting {self._job['script']['filename'].rpartition('/')[2]}")
        self.say(_SAYS_AT_START)
        self._send_log()
        with self._changing:
            if self._phase is not _Phase.STARTING:
                return
            self._started_at = now
            self._enter(_Phase.TRAINING)
            if limit is not None:
                starts_at = limit.save_starts_at(now.timestamp(), self.training.upload_seconds)
                self._plan(starts_at - now.timestamp(), lambda: self.stop(limit.ended_by))
            self._plan_training(now, archive)

    def _plan_training(self, started_at: datetime, archive: bytes) -> None:
        """Plan what the script does, and what the runner decides by it."""
        training = self.training
        goal, settings = self._job.get("metric_goal"), self._job.get("no_progress")
        decision = decision_by_metric(archive, goal, training.values, training.takes_seconds)
        hangs_after = training.hangs_after(started_at, training.takes_seconds)
        if hangs_after is not None:
            self._plan(hangs_after, lambda: self.say("simulated: hangs"))
            if decision is None or decision.after_seconds > hangs_after:
                decision = decision_by_silence(archive, settings, hangs_after)
        else:
            self._plan(training.takes_seconds, self._end_by_itself)
            self._plan_rungs(started_at)
        if decision is not None:
            text = decision.text
            self._plan(decision.after_seconds, lambda: self._write({DECISION_FILE: text}))

    def _plan_rungs(self, started_at: datetime) -> None:
        """Report each rung that the values of the training reach, when it is reached."""
        values, rungs = self.training.values, self._job.get("rungs")
        for count in range(1, len(values) + 1):
            if rungs is not None and count in rungs["reports"]:
                seconds = self.training.takes_seconds * count / len(values)
                at = started_at + timedelta(seconds=seconds)
                reached = reached_rungs(rungs, values[:count], at)
                self._plan(seconds, lambda reached=reached: self._write({RUNGS_FILE: reached}))  # type: ignore[misc]

    def stop(
        self,
        ended_by: str,
        longest_grace_seconds: float = math.inf,
        upload_until: float = math.inf,
    ) -> None:
        """Stop the script, which saves, if it trains.

        Args:
            ended_by: why, as exit.json names it.
            longest_grace_seconds: how long it may save at most, within the grace of its job.
            upload_until: when the upload must end, in Unix seconds.
        """
        with self._changing:
            if self._phase is not _Phase.TRAINING:
                return
            grace_seconds = min(self.grace_seconds, longest_grace_seconds)
            self._upload_until = upload_until
            self._enter(_Phase.SAVING)
            self.say(
                f"parris: stopping the script ({ended_by}), at most {grace_seconds:g} s to save"
            )
            is_killed = self.training.save_seconds > grace_seconds
            status, signal = (None, "SIGKILL") if is_killed else (0, None)
            end = ScriptEnd(ended_by, status, signal, self._started_at)
            self._plan(min(self.training.save_seconds, grace_seconds), lambda: self._end(end))

    def halt(self) -> None:
        """Do nothing from now on: what it runs on is gone, or hangs."""
        with self._changing:
            self._enter(_Phase.HALTED)

    def say(self, line: str) -> None:
        """Add a line to its log."""
        self._log.append((self._clock.now(), line))

    def _begin_heartbeat(self) -> None:
        seconds = self._job.get("sync_interval_seconds", _DEFAULT_SYNC_INTERVAL_SECONDS)
        self._heartbeat = Heartbeat(self._clock.now, timedelta(seconds=seconds))
        self._folder.write_heartbeat(self._heartbeat)

    def _end_by_itself(self) -> None:
        self._end(ScriptEnd(_BY_SCRIPT, self.training.exit_code, None, self._started_at))

    def _end(self, end: ScriptEnd) -> None:
        """Report that the script has ended, and upload the results."""
        with self._changing:
            if self._phase not in (_Phase.STARTING, _Phase.TRAINING, _Phase.SAVING):
                return
            self._enter(_Phase.UPLOADING)
            self._is_job_over = True
        now = self._clock.now()
        if self._heartbeat is not None:
            self._heartbeat.end_script()
        if end.started_at is not None:
            self.say(self.training.last_line)
        last_lines = [line for line in self.lines if not line.startswith("parris:")]
        self.say(
            f"parris: ended by {end.ended_by}, exit status {end.exit_status}, signal {end.signal}"
        )
        upload_seconds = self.training.upload_seconds if end.started_at is not None else 0.0
        until = self._upload_until
        if self._limit is not None:
            until = min(until, self._limit.upload_until)
        left_seconds = max(0.0, until - now.timestamp())
        is_complete = upload_seconds <= left_seconds
        if upload_seconds > 0:  # else the final report follows at once
            metrics = self.training.metrics
            report = exit_report(end, now, last_lines, metrics, is_final=False, is_complete=False)
            self._write({"log.txt": self._text(), "exit.json": report})
        with self._changing:
            if self._is_still(_Phase.UPLOADING):
                self._plan(
                    min(upload_seconds, left_seconds),
                    lambda: self._finish(end, now, last_lines, is_complete=is_complete),
                )

    def _finish(
        self, end: ScriptEnd, ended_at: datetime, last_lines: list[str], *, is_complete: bool
    ) -> None:
        """Report the end after the upload."""
        with self._changing:
            if self._phase is not _Phase.UPLOADING:
                return
            self._enter(_Phase.ENDED)
        if is_complete:
            self.say("parris: saved 0 results, 0 bytes")
        else:
            self.say("parris: the results could not be saved completely")
        self._send_log()
        manifest = results_manifest(self._clock.now(), is_complete=is_complete)
        report = exit_report(
            end, ended_at, last_lines, self.training.metrics, is_final=True, is_complete=is_complete
        )
        self._write(
            {"results-manifest.json": manifest, "log.txt": self._text(), "exit.json": report}
        )
        with self._changing:
            if not self._is_still(_Phase.ENDED):
                return
        self._on_end(end)

    def _is_still(self, phase: _Phase) -> bool:
        """Return whether it was not halted while AWS calls were retried."""
        return self._phase is phase

    def _write(self, files: dict[str, str]) -> None:
        until = None
        if self._limit is not None:
            until = datetime.fromtimestamp(self._limit.off_at, UTC)
        try:
            self._folder.write(files, until)
        except Exception as error:  # the runner ends all the same
            self.say(f"parris: exit.json could not be written: {error}")

    def _text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def _send_log(self) -> None:
        lines, self._sent_lines = self._log[self._sent_lines :], len(self._log)
        self._folder.send_log(self._job["log_group"], self._job["log_stream"], lines)

    def _enter(self, phase: _Phase) -> None:
        """Change to a phase; what was planned in the last one is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase
        if phase in (_Phase.HALTED, _Phase.ENDED) and self._heartbeat is not None:
            self._heartbeat.end()

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        timestamp = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(timestamp, action))
