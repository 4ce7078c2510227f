"""An abandoned run: how it ended, how far it got, and what is still to be done.

No Catch runs when an execution is aborted or times out, and some errors cannot be caught. The
history of such a run holds its last state, from which the cleanup ends the run as the run itself
would have done.
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
"""How long after a run's end one of its functions may still be running: a launch, the longest,
takes up to 120 s, and Lambda some seconds to start."""

_CAUSES = {
    "ABORTED": "the execution was stopped from outside the workflow",
    "TIMED_OUT": "the execution exceeded its maximum duration",
    "FAILED": "the execution failed with an error that no workflow can catch",
}
_RECORDS = "RecordOutcome"


class Verdict(StrEnum):
    """What the cleanup has to do about a run."""

    ALIVE = "alive"
    RECORDED = "recorded"
    TO_END = "to-end"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class EndedExecution:
    """How an execution ended.

    `stopped_at` is None if Step Functions does not know the execution any more. `message` holds
    the error and its cause, and is empty if there is none.
    """

    status: str
    stopped_at: datetime | None
    message: str

    @property
    def is_forgotten(self) -> bool:
        """Return whether Step Functions does not know the execution any more."""
        return self.stopped_at is None

    def describe(self) -> str:
        """Return how it ended, for people."""
        cause = _CAUSES.get(self.status, "Step Functions does not know the execution any more")
        return f"{cause}: {self.message}" if self.message else cause

    def is_final_check(self, now: datetime) -> bool:
        """Return whether no function of the run can still be running."""
        return self.stopped_at is None or now >= self.stopped_at + AFTERMATH

    def final_check_at(self, now: datetime) -> datetime:
        """Return the time from which on a check is final."""
        return now if self.stopped_at is None else self.stopped_at + AFTERMATH


@dataclass(frozen=True, slots=True)
class ExecutionLookup:
    """Whether an execution has ended: `end` is None if it is running, and if the lookup failed,
    in which case `why_unknown` says why.
    """

    end: EndedExecution | None
    why_unknown: str = ""

    @property
    def is_unknown(self) -> bool:
        """Return whether the lookup failed: then no resource of the run may be ended."""
        return bool(self.why_unknown)


@dataclass(frozen=True, slots=True)
class LastState:
    """The last state that a run entered with a job, and its `$`."""

    name: str
    state: Payload


def state_to_end(
    last: LastState, ended: EndedExecution, since: datetime, launch_state: str
) -> Payload:
    """Return the state from which the target's termination state ends the abandoned run.

    Args:
        last: how far the run got. A reason that it had decided on is kept.
        ended: how its execution ended.
        since: when the cleanup began, from which its day of attempts counts.
        launch_state: the state in which the job's target launches.
    """
    state = dict(last.state)
    # What earlier checks have recorded of the end is kept; whether it has ended is checked again.
    confirmed = part_of(state, "confirmed")
    for key in ("confirmed", "unconfirmed"):
        state.pop(key, None)
    if confirmed:
        state["confirmed"] = RecordedEnd.from_payload(confirmed).to_payload()
    if last.name == launch_state:
        # It may be that of an earlier attempt; the current launch is found by its name and tags.
        state.pop("launch", None)
    step = maybe_text_in(part_of(state, "cleanup"), "step")
    # As if it had been saving: the stopped machine is checked before it is deleted.
    state["cleanup"] = {"step": step if step in DELETING_STEPS else EndStep.SAVING}
    state["end"] = _end_of(state, ended, since)
    if not part_of(last.state, "end"):
        state["decision"] = {**part_of(state, "decision"), "cause": ended.describe()}
    return state


def expired_state(state: Payload, record: Payload | None) -> Payload:
    """Return the state from which the kept resources of a run are deleted after their retention.

    Args:
        state: the state of the run that is to be ended.
        record: the run's record, which still says how the run itself ended.
    """
    # From the beginning: an earlier deletion says nothing about what exists now.
    cleanup: Payload = {"step": EndStep.SAVING}
    expired: Payload = {**state, "keep_expired": True, "cleanup": cleanup}
    return expired if record is None else {**expired, "record": record}


def is_recorded(record: Mapping[str, Json], last: LastState, ended: EndedExecution) -> bool:
    """Return whether a run record describes this end, and says that nothing is left.

    A record from before a redrive does not: the run may have launched something again.
    """
    outcome = part_of(record, "outcome")
    is_of_this_end = last.name == _RECORDS or (
        ended.stopped_at is not None
        and record.get("execution_stopped_at") == format_timestamp(ended.stopped_at)
    )
    return is_of_this_end and outcome.get("reason") not in (None, EndReason.CLEANUP_FAILED)


def is_end_unnotified(last: LastState, ended: EndedExecution) -> bool:
    """Return whether a run ended after its record was written and before its notification was sent.

    A run that fails by itself has sent it, and its error is one of Parris's reasons.
    """
    is_own_end = ended.status == "FAILED" and not ended.message.startswith("States.")
    return last.name == _RECORDS and not is_own_end


def _end_of(state: Payload, ended: EndedExecution, since: datetime) -> Payload:
    stopped_at = format_timestamp(ended.stopped_at or since)
    aborted: Payload = {"reason": EndReason.ABORTED, "decided_at": stopped_at}
    return {
        **(part_of(state, "end") or aborted),
        "execution_stopped_at": stopped_at,
        "ending_since": format_timestamp(since),
        "failed_checks": {"wait_seconds": 0},
    }
