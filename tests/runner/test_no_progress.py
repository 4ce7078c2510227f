"""A script that hangs: its silence is no part of the rhythm in which it has printed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import runner_no_progress
from runner_no_progress import ProgressWatch, gpu_percent
from runner_rhythm import Rhythm

from embedded_aws_helpers.waiting import wait_until
from tests.runner.hanging_trainings import WARM_UP_SECONDS, Training, a_training
from tests.runner.trainer import Trainer

INTERVALS, FLOOR_SECONDS = 3, 60.0


@dataclass
class Found:
    """How a hang was found: `is_false` if the training had not hung.

    `bound_seconds` is 3 median steps and 60 s, and `most_seconds` is 3 longest pauses and 60 s
    where these are longer.
    """

    is_false: bool
    is_at_a_step: bool
    seconds: float = 0.0
    bound_seconds: float = 0.0
    most_seconds: float = 0.0


def found_in(training: Training) -> Found:
    rhythm = Rhythm(0.0, INTERVALS, FLOOR_SECONDS, WARM_UP_SECONDS)
    last_at = pause = longest = 0.0
    for at, lines, next_pause in training.signs():
        due_at = rhythm.silent_too_long_at()
        if due_at is not None and due_at <= at:
            return Found(is_false=True, is_at_a_step=False)
        longest = max(longest, at - last_at)
        rhythm.add(at, lines)
        last_at, pause = at, next_pause
    due_at = rhythm.silent_too_long_at()
    assert due_at is not None
    bound = INTERVALS * rhythm.usual_seconds + FLOOR_SECONDS
    is_at_a_step = training.has_pattern and not pause
    most = max(bound, INTERVALS * longest + FLOOR_SECONDS)
    return Found(False, is_at_a_step, due_at - last_at, bound, most)


def check_trainings(seeds: range, least_share: float) -> None:
    found = {seed: found_in(a_training(seed)) for seed in seeds}
    assert [seed for seed, one in found.items() if one.is_false] == []
    late = [seed for seed, one in found.items() if one.seconds > one.most_seconds]
    assert late == []
    at_a_step = [one for one in found.values() if one.is_at_a_step]
    sharp = [one for one in at_a_step if one.seconds <= one.bound_seconds]
    assert len(sharp) >= least_share * len(at_a_step)


def test_a_hang_is_found_and_no_pause_is_taken_for_one() -> None:
    check_trainings(range(12), 0.7)


@pytest.mark.long
def test_of_a_thousand_trainings_none_is_ended_falsely() -> None:
    check_trainings(range(1000), 0.7)


def printed(rhythm: Rhythm, count: int, step_seconds: float = 1.0, at: float = 0.0) -> float:
    for _ in range(count):
        at += step_seconds
        rhythm.add(at)
    return at


def test_a_silence_may_last_three_steps_and_the_floor_after_the_warm_up() -> None:
    rhythm = Rhythm(0.0, 3, 60, 1000)
    at = printed(rhythm, 50, 10.0)
    assert rhythm.silent_too_long_at() == 1000
    at = printed(rhythm, 50, 10.0, at)
    assert rhythm.silent_too_long_at() == at + 3 * 10 + 60


def test_nothing_is_said_of_a_script_that_has_hardly_printed() -> None:
    rhythm = Rhythm(0.0, 3, 60, 0)
    assert rhythm.silent_too_long_at() is None
    at = printed(rhythm, 19)
    assert rhythm.silent_too_long_at() is None
    printed(rhythm, 1, at=at)
    assert rhythm.silent_too_long_at() == 20 + 3 + 60


def test_lines_that_come_together_are_one_sign() -> None:
    rhythm = Rhythm(0.0, 3, 60, 0)
    for step in range(30):
        for line in range(5):
            rhythm.add(step * 30 + line / 10)
    assert rhythm.usual_seconds == 30


def test_a_pause_that_recurs_is_expected_when_it_is_due_and_at_no_other_time() -> None:
    rhythm, at = Rhythm(0.0, 3, 60, 0), 0.0
    for _ in range(20):
        at = printed(rhythm, 100, 2.0, at)
        assert rhythm.allowed_seconds >= 0
        at += 300
    at = printed(rhythm, 50, 2.0, at)
    assert rhythm.allowed_seconds == 3 * 2 + 60
    at = printed(rhythm, 50, 2.0, at)
    assert rhythm.allowed_seconds >= 3 * 300


def test_after_pauses_without_a_pattern_each_may_come_at_any_time() -> None:
    rhythm, at = Rhythm(0.0, 3, 60, 0), 0.0
    for steps in (30, 71, 25, 48, 90, 33, 67, 21):
        at = printed(rhythm, steps, 2.0, at) + 200
    printed(rhythm, 1, 2.0, at)
    assert rhythm.allowed_seconds == 3 * 202


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def a_watch(clock: Clock, decisions: list[Any], **changes: Any) -> ProgressWatch:
    settings = {"step_intervals": 3, "floor_seconds": 60, "warm_up_seconds": 0, **changes}

    def decide(reason: str, **facts: object) -> None:
        decisions.append((reason, facts))

    return ProgressWatch(decide, settings, clock)


def test_the_watch_decides_once_when_the_silence_is_too_long() -> None:
    clock, decisions = Clock(), list[Any]()
    watch = a_watch(clock, decisions)
    watch.start()
    for _ in range(30):
        clock.now += 2
        watch.add(["a line", "parris: a note of the runner"])
    assert watch.check() == 5
    clock.now += 65.5
    watch.add(["parris: results synced"])
    assert watch.check() == 0.5
    clock.now += 0.5
    watch.check()
    wait_until(lambda: bool(decisions))
    facts = {"silent_seconds": 66, "usual_seconds": 2.0, "gpu_percent": None}
    assert decisions == [("NO_PROGRESS", facts)]


def test_a_script_that_has_ended_does_not_hang() -> None:
    clock, decisions = Clock(), list[Any]()
    watch = a_watch(clock, decisions)
    watch.add(["before the start"])
    assert watch.check() == 5
    watch.start()
    watch.stop()
    assert decisions == []


def test_gpus_are_named_where_the_machine_says_how_busy_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gpu_percent() is None
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nprintf '100\\n0\\n'\n")
    program.chmod(0o755)
    monkeypatch.setattr(runner_no_progress, "_GPU_COMMAND", [str(program)])
    assert gpu_percent() == [100, 0]


def test_a_script_that_hangs_is_reported_while_it_hangs(trainer: Trainer) -> None:
    trainer.job["no_progress"] = {"step_intervals": 2, "floor_seconds": 3, "warm_up_seconds": 0}
    trainer.start("for i in $(seq 40); do echo step=$i; sleep 0.1; done; sleep 600\n")
    wait_until(lambda: "decision.json" in trainer.writes())
    trainer.tell_to_stop().finish()
    decision = json.loads(trainer.saved("decision.json"))
    assert decision["reason"] == "NO_PROGRESS"
    assert decision["silent_seconds"] >= 3
