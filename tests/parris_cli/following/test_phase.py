"""A job's phases, derived from the outputs of its states and the runner's log lines."""

import pytest

from parris.payloads import Payload
from parris.reasons import EndReason
from parris.termination.ending import EndStep
from parris_cli.following.phase import (
    SCRIPT_ENDED,
    SCRIPT_STARTS,
    Phase,
    PhaseSeen,
    phase_of,
    phase_of_line,
)
from parris_cli.project_files import PROJECT

JOB: Payload = {"job": {"job_id": "iris-1"}}
STARTING: Payload = {**JOB, "run": {"status": "starting", "launched_at": None}}
RUNNING: Payload = {**JOB, "run": {"status": "running", "launched_at": "2031-05-01T08:00:00.000Z"}}


def ending(reason: EndReason, step: EndStep | None = None, before: Payload = RUNNING) -> Payload:
    cleanup: Payload = {} if step is None else {"cleanup": {"step": step}}
    return {**before, "end": {"reason": reason}, **cleanup}


@pytest.mark.parametrize(
    ("payload", "phase"),
    [
        ({}, Phase.CHECKING),
        ({"training-job-name": "iris"}, Phase.CHECKING),
        (JOB, Phase.LAUNCHING),
        (STARTING, Phase.LAUNCHING),
        ({**JOB, "run": {"status": "no-capacity"}}, Phase.LAUNCHING),
        (RUNNING, Phase.STARTING),
        ({**RUNNING, "decision": {"reason": None}}, Phase.STARTING),
        (ending(EndReason.COMPLETED), Phase.SAVING),
        (ending(EndReason.TIME_LIMIT, EndStep.SAVING), Phase.SAVING),
        (ending(EndReason.TIME_LIMIT, EndStep.STOPPING), Phase.SAVING),
        ({"outcome": {"reason": "COMPLETED"}, "message": None}, Phase.CLEANING_UP),
        (ending(EndReason.LAUNCH_FAILED, None, STARTING), Phase.CLEANING_UP),
    ],
)
def test_each_output_tells_its_phase(payload: Payload, phase: Phase) -> None:
    assert phase_of(payload).phase is phase


@pytest.mark.parametrize("step", sorted(set(EndStep) - {EndStep.SAVING, EndStep.STOPPING}))
def test_every_step_that_saves_nothing_cleans_up_and_says_how(step: EndStep) -> None:
    seen = phase_of(ending(EndReason.COMPLETED, step))
    assert seen.phase is Phase.CLEANING_UP
    assert seen.words


NEVER_ENDS_A_LAUNCHED_JOB = {EndReason.CONFIG_REJECTED, EndReason.CLEANUP_FAILED}


@pytest.mark.parametrize("reason", sorted(set(EndReason) - NEVER_ENDS_A_LAUNCHED_JOB))
def test_every_reason_to_save_is_said(reason: EndReason) -> None:
    assert phase_of(ending(reason)).words


def test_a_reason_and_a_step_of_a_later_release_are_no_error() -> None:
    later: Payload = {**RUNNING, "end": {"reason": "LATER"}, "cleanup": {"step": "later"}}
    assert phase_of(later) == PhaseSeen(Phase.CLEANING_UP)


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("parris: starting train.py", Phase.TRAINING),
        ("parris: ended by script, exit status 0, signal None", Phase.SAVING),
        ("parris: fetching input data: s3://bucket/set", None),
        ("starting", None),
        ("", None),
    ],
)
def test_the_runners_lines_tell_when_the_script_starts_and_ends(
    line: str, phase: Phase | None
) -> None:
    seen = phase_of_line(line)
    assert (None if seen is None else seen.phase) is phase


def test_the_runner_writes_these_lines() -> None:
    runner = "".join(file.read_text() for file in (PROJECT / "templates" / "runner").glob("*.py"))
    for line in (SCRIPT_STARTS, SCRIPT_ENDED):
        assert f'note(f"{line.removeprefix("parris: ")}{{' in runner
