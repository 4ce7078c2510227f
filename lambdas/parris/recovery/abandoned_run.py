"""A run that died outside its workflow: how it ended, how far it came, and what is still to do.

No Catch runs when an execution is aborted or times out, and some errors cannot be caught. The state
that such a run had reached is in its history, so that what is left of it can be ended as it would
have ended it itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parris.payloads import Json, Payload, maybe_text_in, part_of
from parris.reasons import EndReason
from parris.termination.ending import DELETING_STEPS, EndStep
from parris.termination.recorded_end import RecordedEnd
from parris.timestamps import format_timestamp

AFTERMATH = timedelta(seconds=150)
"""For so long after a run's end a function of it may still be at work: a launch, the longest,
may take 120 s, and Lambda some seconds to begin."""

_WORDS = {
    "ABORTED": "the execution was stopped from outside the workflow",
    "TIMED_OUT": "the execution was longer than it may be",
    "FAILED": "the execution failed with an error that no workflow can catch",
}
_RECORDS = "RecordOutcome"


class Verdict(StrEnum):
    """What is to be done about a run."""

    ALIVE = "alive"
    RECORDED = "recorded"
    TO_END = "to-end"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class EndedExecution:
    """How an execution ended. `stopped_at` is None where nobody knows any more; `words` are what
    Step Functions was told, empty where it was told nothing.
    """

    status: str
    stopped_at: datetime | None
    words: str

    @property
    def is_forgotten(self) -> bool:
        """Return whether nothing is known of it any more but its name."""
        return self.stopped_at is None

    def describe(self) -> str:
        """Return in words how it ended."""
        told = _WORDS.get(self.status, "nothing is known of the execution any more")
        return f"{told}: {self.words}" if self.words else told

    def is_final_check(self, now: datetime) -> bool:
        """Return whether no function of the run can be at work any more."""
        return self.stopped_at is None or now >= self.stopped_at + AFTERMATH

    def final_check_at(self, now: datetime) -> datetime:
        """Return from when on a look is the final one."""
        return now if self.stopped_at is None else self.stopped_at + AFTERMATH


@dataclass(frozen=True, slots=True)
class ExecutionLookup:
    """What became of an execution. `end` is None while it is alive, and where `why_unknown` says
    why nobody can tell.
    """

    end: EndedExecution | None
    why_unknown: str = ""

    @property
    def is_unknown(self) -> bool:
        """Return whether it cannot be told: then nothing of it may be ended."""
        return bool(self.why_unknown)


@dataclass(frozen=True, slots=True)
class LastState:
    """The last state that a run entered with its job, and `$` as it was then."""

    name: str
    state: Payload


def state_to_end(
    last: LastState, dead: EndedExecution, since: datetime, launch_state: str
) -> Payload:
    """Return the state with which the target's termination state goes on for the dead run.

    Args:
        last: how far the run came. A reason that it had decided on is kept.
        dead: how it ended.
        since: when its end from outside began, from which its day of trying counts.
        launch_state: the state in which the job's target launches.
    """
    state = dict(last.state)
    # What a check has seen of the end stays known; whether it has ended is looked at again.
    confirmed = part_of(state, "confirmed")
    for key in ("confirmed", "unconfirmed"):
        state.pop(key, None)
    if confirmed:
        state["confirmed"] = RecordedEnd.from_payload(confirmed).to_payload()
    if last.name == launch_state:
        # It may name an attempt before; what is there now is found by its name and tags.
        state.pop("launch", None)
    step = maybe_text_in(part_of(state, "cleanup"), "step")
    # As if it had been told to save: what is stopped is looked at before it is deleted.
    state["cleanup"] = {"step": step if step in DELETING_STEPS else EndStep.SAVING}
    state["end"] = _end_of(state, dead, since)
    if not part_of(last.state, "end"):
        state["decision"] = {**part_of(state, "decision"), "cause": dead.describe()}
    return state


def expired_state(state: Payload, record: Payload | None) -> Payload:
    """Return the state with which what a run had kept is deleted, once its time is over.

    Args:
        state: what there is to end of the run.
        record: the run's record, which goes on telling how the run itself ended.
    """
    # From the beginning: a deletion that was begun long ago says nothing about what is there now.
    cleanup: Payload = {"step": EndStep.SAVING}
    expired: Payload = {**state, "keep_expired": True, "cleanup": cleanup}
    return expired if record is None else {**expired, "record": record}


def is_recorded(record: Mapping[str, Json], last: LastState, dead: EndedExecution) -> bool:
    """Return whether a run record tells of this very end, and that nothing is left after it.

    One from before a redrive does not: the run may have launched something again.
    """
    outcome = part_of(record, "outcome")
    is_of_this_end = last.name == _RECORDS or (
        dead.stopped_at is not None
        and record.get("execution_stopped_at") == format_timestamp(dead.stopped_at)
    )
    return is_of_this_end and outcome.get("reason") not in (None, EndReason.CLEANUP_FAILED)


def is_end_unnotified(last: LastState, dead: EndedExecution) -> bool:
    """Return whether a run was killed after its record was written, before people were told.

    A run that ends by itself as failed has told before, with a reason of ours as its error.
    """
    is_own_end = dead.status == "FAILED" and not dead.words.startswith("States.")
    return last.name == _RECORDS and not is_own_end


def _end_of(state: Payload, dead: EndedExecution, since: datetime) -> Payload:
    stopped_at = format_timestamp(dead.stopped_at or since)
    aborted: Payload = {"reason": EndReason.ABORTED, "decided_at": stopped_at}
    return {
        **(part_of(state, "end") or aborted),
        "execution_stopped_at": stopped_at,
        "ending_since": format_timestamp(since),
        "failed_checks": {"wait_seconds": 0},
    }
