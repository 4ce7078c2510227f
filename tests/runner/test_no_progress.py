"""A script that hangs: its silence is no part of the rhythm in which it has printed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import runner_no_progress
from runner_line_kind import kind_of, phase_in, step_in
from runner_no_progress import ProgressWatch, gpu_percent
from runner_rhythm import Rhythm

from embedded_aws_helpers.waiting import wait_until
from tests.runner.found_hangs import Summary, found_in
from tests.runner.hanging_trainings import a_training
from tests.runner.trainer import Trainer

# Of trainings that announce all of their pauses, and of those whose pauses recur.
LEAST_ANNOUNCED, LEAST_SILENT = 0.97, 0.75


def check_trainings(seeds: range, least_silent: float) -> None:
    summary = Summary([found_in(a_training(seed)) for seed in seeds])
    assert summary.false_ends == []
    assert summary.later_than_longest_pauses == []
    for is_at_a_step in (True, False):
        assert summary.share_in_time(is_at_a_step, is_announced=True) >= LEAST_ANNOUNCED
        assert summary.share_in_time(is_at_a_step, is_announced=False) >= least_silent


def test_a_hang_is_found_and_no_pause_is_taken_for_one() -> None:
    check_trainings(range(12), 0.5)


@pytest.mark.parametrize("seed", [3045, 3475, 4488, 5293, 5430])
def test_pauses_that_come_together_or_in_turn_are_not_taken_for_hangs(seed: int) -> None:
    assert not found_in(a_training(seed)).is_false


@pytest.mark.long
@pytest.mark.parametrize("first", [0, 1000, 2000, 3000, 4000])
def test_of_a_thousand_trainings_none_is_ended_falsely(first: int) -> None:
    check_trainings(range(first, first + 1000), LEAST_SILENT)


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
    assert rhythm.allowed_seconds == 3 * 302 + 60


def test_a_pause_by_the_clock_is_expected_when_it_is_due_and_at_no_other_time() -> None:
    rhythm, at, saved_at, draw = Rhythm(0.0, 3, 60, 0), 0.0, 0.0, random.Random(1)
    for _ in range(2000):
        at += draw.uniform(2, 10)
        rhythm.add(at)
        if at >= saved_at + 600:
            saved_at = at = at + 120
    while at < saved_at + 560:
        at += 6
        rhythm.add(at)
        assert rhythm.allowed_seconds < 3 * 10 + 60
    rhythm.add(saved_at + 600)
    assert 3 * 120 + 60 <= rhythm.allowed_seconds <= 3 * 130 + 60


def test_a_pause_is_known_by_its_step_whatever_else_is_printed() -> None:
    rhythm, at, draw = Rhythm(0.0, 3, 60, 0), 0.0, random.Random(1)
    for step in range(10, 10_010, 10):
        at += draw.uniform(3, 7)
        rhythm.add(at, [f"step={step} loss=0.5"])
        if draw.random() < 0.1:
            rhythm.add(at, ["warning: gradients overflow"])
        if step % 500 == 0:
            assert rhythm.allowed_seconds >= 3 * 200 + 60 or step < 3_000
            at += 200
        elif step > 8_000:
            assert rhythm.allowed_seconds < 3 * 7 + 60


def test_after_pauses_without_a_pattern_each_may_come_at_any_time() -> None:
    rhythm, at = Rhythm(0.0, 3, 60, 0), 0.0
    for steps in (30, 71, 25, 48, 90, 33, 67, 21):
        at = printed(rhythm, steps, 2.0, at) + 200
    printed(rhythm, 1, 2.0, at)
    assert rhythm.allowed_seconds == 3 * 202 + 60


@pytest.mark.parametrize("announcement", ["Evaluating on {} images", "phase=evaluation"])
def test_a_pause_that_is_announced_has_a_median_of_its_own(announcement: str) -> None:
    rhythm, at, draw = Rhythm(0.0, 3, 60, 0), 0.0, random.Random(1)
    for number in range(8):
        for step in range(draw.randint(20, 90)):
            at += 2
            rhythm.add(at, [f"loss {step}.5"])
            if number >= 6:
                assert rhythm.allowed_seconds == 3 * 2 + 60
        rhythm.add(at, [announcement.format(number)])
        if number >= 6:
            assert rhythm.allowed_seconds == 3 * 300 + 60
        at += 300
        rhythm.add(at, ["phase=training"])


def test_a_phase_has_a_rhythm_of_its_own_though_its_lines_are_the_same() -> None:
    rhythm, at = Rhythm(0.0, 3, 60, 0), 0.0
    for _ in range(6):
        for phase, seconds in (("training", 2.0), ("evaluation", 100.0)):
            rhythm.add(at, [f"phase={phase}"])
            for batch in range(10):
                at += seconds
                rhythm.add(at, [f"batch {batch}"])
    rhythm.add(at, ["phase=training"])
    rhythm.add(at + 2, ["batch 1"])
    assert rhythm.allowed_seconds == 3 * 2 + 60
    rhythm.add(at + 4, ["phase=evaluation"])
    rhythm.add(at + 104, ["batch 1"])
    assert rhythm.allowed_seconds == 3 * 100 + 60


def test_after_a_line_of_a_kind_that_is_new_the_longest_pause_may_come() -> None:
    rhythm, at = Rhythm(0.0, 3, 60, 0), 0.0
    for _ in range(8):
        at = printed(rhythm, 50, 2.0, at) + 298
    rhythm.add(at + 2, ["Saving the best model"])
    assert rhythm.allowed_seconds == 3 * 300 + 60


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("step=100 loss=0.25", "step=99 loss=1e-05"),
        ("Saving model to out/checkpoint-500.pt", "Saving model to out/checkpoint-12000.pt"),
        (" 45%|####5     | 450/1000 [00:45<00:55]", " 46%|####6     | 460/1000 [01:45<00:55]"),
        ("12:30:01 Evaluating", "[12:31:55] Evaluating"),
    ],
)
def test_lines_that_differ_in_numbers_only_are_of_one_kind(one: str, other: str) -> None:
    assert kind_of(one) == kind_of(other)
    assert kind_of(one) != kind_of(f"{one} and more")


@pytest.mark.parametrize(
    ("line", "step", "phase"),
    [
        ("step=100 loss=0.25", 100, None),
        ("Epoch 3, Step: 7", 7, None),
        ("[iter 12]", 12, None),
        ("loss 5", None, None),
        ("phase=evaluation", None, "evaluation"),
        ("step=7 phase=eval/test, x=1", 7, "eval/test"),
        ("myphase=x", None, None),
        ("phase=3", None, None),
    ],
)
def test_lines_name_steps_and_phases(line: str, step: int | None, phase: str | None) -> None:
    assert (step_in(line), phase_in(line)) == (step, phase)


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
