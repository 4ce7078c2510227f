"""The phase of a job in plain words; the names of states are shown on request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of
from parris.reasons import EndReason
from parris.termination.ending import EndStep

if TYPE_CHECKING:
    from parris.payloads import Payload


class Phase(StrEnum):
    """What a job does, on every target."""

    CHECKING = "checking"
    LAUNCHING = "launching"
    STARTING = "starting"
    TRAINING = "training"
    SAVING = "saving"
    CLEANING_UP = "cleaning up"


# The runner's own lines, templates/runner: the states learn of both later.
SCRIPT_STARTS = "parris: starting "
SCRIPT_ENDED = "parris: ended by "
_RUNNING = "running"
_SAVING_STEPS = frozenset({EndStep.SAVING, EndStep.STOPPING})
_WHY_SAVING = {
    EndReason.COMPLETED: "the script has ended",
    EndReason.SCRIPT_FAILED: "the script has failed",
    EndReason.TIME_LIMIT: "the time limit is near",
    EndReason.CLOCK_TIME: "the clock time is near",
    EndReason.COST_LIMIT: "the cost limit is near",
    EndReason.STOPPED_EARLY: "other trials were better",
    EndReason.METRIC_REACHED: "the metric has reached its goal",
    EndReason.NO_IMPROVEMENT: "the metric does not improve any more",
    EndReason.NO_PROGRESS: "the script hangs",
    EndReason.INSTANCE_LOST: "the machine is lost",
    EndReason.NO_CAPACITY: "AWS has no such machine",
    EndReason.LAUNCH_FAILED: "the launch failed",
    EndReason.SUPERSEDED: "a later run takes its place",
    EndReason.ABORTED: "it was asked to stop",
}
_WHAT_IS_DONE = {
    EndStep.NOTHING_TO_END: "there is nothing to delete",
    EndStep.DELETING: "deleting what it launched",
    EndStep.DELETING_LEFTOVERS: "deleting what it launched",
    EndStep.KEPT: "stopping what it launched, and keeping it",
    EndStep.PART_KEPT: "deleting what it launched, but for what holds the results",
    EndStep.RELEASED: "giving back what it used",
}


@dataclass(frozen=True, slots=True)
class PhaseSeen:
    """A phase, and what there is to say about it, empty where there is nothing."""

    phase: Phase
    words: str = ""


def phase_of(payload: Payload) -> PhaseSeen:
    """Return the phase according to the output of a state, whatever the state's name.

    Args:
        payload: `$` of the state machine after the state.
    """
    if part_of(payload, "outcome"):
        return PhaseSeen(Phase.CLEANING_UP)
    if not part_of(payload, "job"):
        return PhaseSeen(Phase.CHECKING)
    end, step = part_of(payload, "end"), maybe_text_in(part_of(payload, "cleanup"), "step")
    if end or step is not None:
        return _phase_of_end(payload, end, step)
    run = part_of(payload, "run")
    return PhaseSeen(Phase.STARTING if run.get("status") == _RUNNING else Phase.LAUNCHING)


def phase_of_line(line: str) -> PhaseSeen | None:
    """Return the phase that begins with a line of the job's log, None for any other line."""
    if line.startswith(SCRIPT_STARTS):
        return PhaseSeen(Phase.TRAINING)
    if line.startswith(SCRIPT_ENDED):
        return PhaseSeen(Phase.SAVING, "the script has ended")
    return None


def _phase_of_end(payload: Payload, end: Payload, step: str | None) -> PhaseSeen:
    reason = maybe_text_in(end, "reason")
    why = _WHY_SAVING.get(EndReason(reason), "") if reason in set(EndReason) else ""
    was_launched = maybe_text_in(part_of(payload, "run"), "launched_at") is not None
    if was_launched and (step is None or step in _SAVING_STEPS):
        return PhaseSeen(Phase.SAVING, why)
    done = _WHAT_IS_DONE.get(EndStep(step), "") if step in set(EndStep) else ""
    return PhaseSeen(Phase.CLEANING_UP, done or why)
