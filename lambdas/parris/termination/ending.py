"""The words in which the end of a job is told from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of
from parris.termination.exit_report import ExitReport
from parris.timestamps import format_timestamp, maybe_timestamp_in


class EndStep(StrEnum):
    """What the target's termination state has set going, and ConfirmEnded waits for.

    `kept` is all that the job ran on, stopped; `part-kept` the part alone that holds its results;
    `released` is what goes on without the job, such as a server that was there before it.
    """

    NOTHING_TO_END = "nothing-to-end"
    SAVING = "saving"
    STOPPING = "stopping"
    DELETING = "deleting"
    DELETING_LEFTOVERS = "deleting-leftovers"
    KEPT = "kept"
    PART_KEPT = "part-kept"
    RELEASED = "released"


DELETING_STEPS = frozenset({EndStep.DELETING, EndStep.DELETING_LEFTOVERS})
"""From the first of them on nothing is saved any more."""


class EndState(StrEnum):
    """What ConfirmEnded has seen."""

    ENDED = "ended"
    ENDING = "ending"
    END_AGAIN = "end-again"
    FAILED = "failed"


class ActKind(StrEnum):
    """What can be done to one resource of a job.

    `terminate` ends what the job runs on, `delete-part` a part on its own, and `delete` all that is
    left, at once. What the job did not make is given back by `release`: it goes on without the job,
    and carries the job's tags no longer.
    """

    KEEP = "keep"
    STOP = "stop"
    TERMINATE = "terminate"
    DELETE_PART = "delete-part"
    DELETE = "delete"
    FORCE_DELETE = "force-delete"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Act:
    """One call that changes one resource of a job, by its id."""

    kind: ActKind
    resource_id: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the end of a job is: what a target is asked to go on with.

    `launch_id` and `machine_id` are those that the run has noted, None where it came to none.
    `step` is the last that was set going, `step_since` since when it is the present one, and
    `deletions` how often the deletion was asked for. `is_keep_expired` says that the time of what
    was kept may be over: what carries a tag of a moment that has come is to be deleted.
    """

    now: datetime
    launch_id: str | None = None
    machine_id: str | None = None
    step: EndStep | None = None
    step_since: datetime | None = None
    deletions: int = 0
    is_keep_expired: bool = False
    has_failed: bool = False

    @classmethod
    def from_state(cls, state: Payload, now: datetime) -> Self:
        """Return what `$` of the state machine tells of the end; before its first step, little."""
        cleanup = part_of(state, "cleanup")
        step = maybe_text_in(cleanup, "step")
        return cls(
            now=now,
            launch_id=maybe_text_in(part_of(state, "launch"), "launch_id"),
            machine_id=maybe_text_in(part_of(state, "run"), "machine_id"),
            step=None if step is None else EndStep(step),
            step_since=maybe_timestamp_in(cleanup, "step_since"),
            deletions=maybe_int_in(cleanup, "deletions") or 0,
            is_keep_expired=state.get("keep_expired") is True,
            has_failed=bool(part_of(cleanup, "error")),
        )


@dataclass(frozen=True, slots=True)
class EndPlan:
    """The next step of an end, and the calls that set it going, in their order.

    `kept` are the ids of what is to be kept, `keep_until` until when: a moment, or `always`.
    """

    step: EndStep
    acts: tuple[Act, ...] = ()
    kept: tuple[str, ...] = ()
    keep_until: str | None = None

    def to_payload(self, before: Ending) -> Payload:
        """Return `$.cleanup`, once the step was set going.

        Args:
            before: how far the end was when this was planned.
        """
        is_deletion = any(act.kind in (ActKind.DELETE, ActKind.FORCE_DELETE) for act in self.acts)
        # A deletion that is tried again begins anew: it may be over in a moment.
        goes_on = self.step is before.step and not is_deletion
        since = before.step_since if goes_on else None
        return {
            "step": self.step,
            "step_since": format_timestamp(since or before.now),
            "deletions": before.deletions + is_deletion,
            "kept": list(self.kept),
            "keep_until": self.keep_until,
        }


@dataclass(frozen=True, slots=True)
class EndObservation:
    """One look at what is left of a job. `launched_at` is None where no machine ever ran.

    `kept` are the ids of what is kept, and part of `left`. `next_check_seconds` is when the target
    wants to be asked again, None where it takes any moment. `is_machine_alive` is true of a machine
    that has not ended. `details` are the target's own, for the record.

    `part_ends` is about those parts of the job's rate that can outlive the machine: a part that is
    named is not billed any more, since then or earlier. One that is not named still is.
    """

    state: EndState
    left: tuple[str, ...]
    launched_at: datetime | None = None
    machine_ended_at: datetime | None = None
    exit: ExitReport | None = None
    kept: tuple[str, ...] = ()
    keep_until: str | None = None
    next_check_seconds: int | None = None
    is_machine_alive: bool = False
    part_ends: Mapping[str, datetime] = field(default_factory=dict)
    details: Payload = field(default_factory=dict)


LONGEST_CLEANUP_SECONDS = 24 * 3600
