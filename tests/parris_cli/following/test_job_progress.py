"""What the screen shows of a job when its phase changes."""

import dataclasses
import json
from contextlib import closing
from datetime import timedelta
from typing import Any, cast

import pytest

from parris.past_attempt import PastAttempt
from parris_cli.account.clients import Account
from parris_cli.following.job_progress import JobProgress
from parris_cli.following.live_panel import LivePanel
from parris_cli.starting.start_job import StartedJob
from parris_cli.terminal.screen import Screen
from tests.builders import EXECUTION_ARN, LAUNCHED_AT, a_job, after
from tests.parris_cli.following.test_trainer_log import FakeLogs
from tests.parris_cli.sample_account import an_account
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal


class WatchedTerminal(EmulatedTerminal):
    """A terminal that keeps all that was ever seen on it."""

    def __init__(self) -> None:
        super().__init__(80)
        self.seen: list[list[str]] = []

    def flush(self) -> None:
        self.seen.append(self.rows)


class FakeStepFunctions:
    """A history that grows by one state per request."""

    def __init__(self, outputs: list[dict[str, Any]]) -> None:
        self._outputs, self._shown = outputs, 0

    def get_paginator(self, operation: str) -> "FakeStepFunctions":
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        self._shown = min(self._shown + 1, len(self._outputs))
        events = [
            {
                "id": number,
                "type": "TaskStateExited",
                "timestamp": LAUNCHED_AT,
                "stateExitedEventDetails": {"name": f"State{number}", "output": json.dumps(output)},
            }
            for number, output in enumerate(self._outputs[: self._shown], 1)
        ]
        return [{"events": events[::-1]}]


def test_the_status_line_never_names_an_earlier_phase_than_the_lines_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("COLUMNS", raising=False)
    job = {"job": a_job().to_payload()}
    launched = {**job, "run": {"status": "running", "launched_at": "2026-11-20T12:00:00.000Z"}}
    clients = {
        "stepfunctions": FakeStepFunctions([{}, job, launched]),
        "logs": FakeLogs([[], [], ["parris: starting train.sh"]]),
    }
    account = Account(clients.__getitem__, an_account().deployment, is_embedded=True)
    terminal = WatchedTerminal()
    started = StartedJob("run-1", EXECUTION_ARN, LAUNCHED_AT - timedelta(seconds=60))
    progress = JobProgress(account, started, Screen(cast("Any", terminal)), "job")

    for second in range(6):
        progress.update(after(second))

    phases = ("checking", "launching", "starting", "training")
    for rows in terminal.seen:
        named = [word for row in rows for word in row.split()[1:2] if word in phases]
        assert named == sorted(named, key=phases.index)
    assert terminal.rows[-1].split()[:2] == ["parris", "training"]


def test_a_further_attempt_begins_with_its_number_and_its_own_launch() -> None:
    first = a_job(max_attempts=3)
    past = PastAttempt(
        number=1,
        title="t3.micro",
        reason="INSTANCE_LOST",
        cause="spot interruption",
        ended_at="2026-11-20T13:00:00.000Z",
        runtime_seconds=3600,
        cost_usd="0.0104",
    )
    second = dataclasses.replace(first, past_attempts=(past,))
    launched = {"status": "running", "launched_at": "2026-11-20T12:00:00.000Z"}
    again = {"status": "running", "launched_at": "2026-11-20T13:10:00.000Z"}
    outputs: list[dict[str, Any]] = [
        {"job": first.to_payload(), "run": launched},
        {"job": second.to_payload()},
        {"job": second.to_payload(), "run": again},
    ]
    clients = {"stepfunctions": FakeStepFunctions(outputs), "logs": FakeLogs([[]] * 6)}
    account = Account(clients.__getitem__, an_account().deployment, is_embedded=True)
    terminal = WatchedTerminal()
    started = StartedJob("run-1", EXECUTION_ARN, LAUNCHED_AT - timedelta(seconds=60))
    progress = JobProgress(account, started, Screen(cast("Any", terminal)), "job")
    for _ in outputs:
        progress.update(after(2 * 3600))
    assert "attempt 2 of 3: t3.micro" in " ".join(terminal.rows)
    # 50 minutes since the second launch, and the hour of the first.
    assert progress.outcome_so_far(after(2 * 3600))["runtime_seconds"] == 3000 + 3600


def test_what_the_expressions_of_the_config_find_is_in_the_panel() -> None:
    job = {"job": a_job(metrics={"speed": r"([0-9.]+) it/s"}).to_payload()}
    clients = {"stepfunctions": FakeStepFunctions([job]), "logs": FakeLogs([["12 it/s"]])}
    account = Account(clients.__getitem__, an_account().deployment, is_embedded=True)
    started = StartedJob("run-1", EXECUTION_ARN, LAUNCHED_AT)
    screen = Screen(cast("Any", WatchedTerminal()))
    with closing(LivePanel()) as panel:
        JobProgress(account, started, screen, "job", panel).update(after(1))
        lines = panel.lines(after(1), has_blocks=False)
    assert [line.split()[:2] for line in lines[1:]] == [["speed", "12"]]
