"""Payload types of the termination phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of
from parris.termination.exit_report import ExitReport
from parris.timestamps import format_timestamp, maybe_timestamp_in
from parris.waits import Wait


class EndStep(StrEnum):
    """The step that the target's termination state has started, and that ConfirmEnded waits for.

    `kept` means that the stopped machine is kept; `part-kept` that only the part with the results
    is; `released` that the resource continues without the job, such as an existing server.
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
"""From the first of these steps on, nothing is saved any more."""


class EndState(StrEnum):
    """The result of ConfirmEnded."""

    ENDED = "ended"
    ENDING = "ending"
    END_AGAIN = "end-again"
    FAILED = "failed"


class ActKind(StrEnum):
    """What can be done to one resource of a job.

    `terminate` ends the machine, `delete-part` a single part, and `delete` everything that is left.
    `end-with-machine` lets a part end with its machine; if that fails, the part is deleted later.
    `release` removes the job's tags from a resource that the job did not create and that continues
    without it.
    """

    KEEP = "keep"
    STOP = "stop"
    END_WITH_MACHINE = "end-with-machine"
    TERMINATE = "terminate"
    DELETE_PART = "delete-part"
    DELETE = "delete"
    FORCE_DELETE = "force-delete"
    RELEASE = "release"


def is_abandoned(state: Payload) -> bool:
    """Return whether the execution of the run has stopped, so that the cleanup ends its job."""
    return maybe_text_in(part_of(state, "end"), "execution_stopped_at") is not None


@dataclass(frozen=True, slots=True)
class Act:
    """One call that changes one resource of a job, by its id."""

    kind: ActKind
    resource_id: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the end of a job has come, from which a target continues.

    `launch_id` and `machine_id` are None if the run has not recorded them. `step` is the last step
    that was started, `step_since` when it was, and `deletions` how often a deletion was requested.
    `is_keep_expired` says that retention may be over: resources whose tag has a past timestamp are
    then deleted. `may_be_retried` says that another attempt may follow: it needs the name of what
    was launched, so that only the part with the results can be kept. `reason` is why the job ends,
    or None if its execution has stopped, or nothing is known but its resources.
    """

    now: datetime
    launch_id: str | None = None
    machine_id: str | None = None
    step: EndStep | None = None
    step_since: datetime | None = None
    deletions: int = 0
    is_keep_expired: bool = False
    has_failed: bool = False
    may_be_retried: bool = False
    reason: str | None = None

    @classmethod
    def from_state(cls, state: Payload, now: datetime) -> Self:
        """Return the ending in `$`, most of which is empty before its first step."""
        cleanup = part_of(state, "cleanup")
        step = maybe_text_in(cleanup, "step")
        reason = maybe_text_in(part_of(state, "end"), "reason")
        return cls(
            now=now,
            launch_id=maybe_text_in(part_of(state, "launch"), "launch_id"),
            machine_id=maybe_text_in(part_of(state, "run"), "machine_id"),
            step=None if step is None else EndStep(step),
            step_since=maybe_timestamp_in(cleanup, "step_since"),
            deletions=maybe_int_in(cleanup, "deletions") or 0,
            is_keep_expired=state.get("keep_expired") is True,
            has_failed=bool(part_of(cleanup, "error")),
            reason=None if is_abandoned(state) else reason,
        )


@dataclass(frozen=True, slots=True)
class EndPlan:
    """The next step of an end, and the calls that start it, in order.

    `kept` has the ids of the resources to keep, and `keep_until` a timestamp or `always`.
    """

    step: EndStep
    acts: tuple[Act, ...] = ()
    kept: tuple[str, ...] = ()
    keep_until: str | None = None

    def to_payload(self, before: Ending) -> Payload:
        """Return `$.cleanup` after the step was started.

        Args:
            before: the ending that this plan was made for.
        """
        is_deletion = any(act.kind in (ActKind.DELETE, ActKind.FORCE_DELETE) for act in self.acts)
        # A repeated deletion starts a new step: it may be over within seconds.
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
    """What one check has found left of a job. `launched_at` is None if no machine ever ran.

    `kept` has the ids of the kept resources, which are also in `left`. `next_check_seconds` is the
    target's own interval to the next check, or None for the usual one. `wait` is what the end waits
    for while it is `ending`. `is_machine_alive` is true if a machine has not ended.
    `billed_seconds` is what AWS says that it bills of the machine, or None if it does not say.
    `details` is the target's own part of the record, and `note` what it has to say to a person.

    `part_ends` is about the parts of the rate that can outlive the machine. Each part in it is no
    longer billed, since that time or earlier. Other parts still are.
    """

    state: EndState
    left: tuple[str, ...]
    launched_at: datetime | None = None
    machine_ended_at: datetime | None = None
    exit: ExitReport | None = None
    metrics: Payload = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    keep_until: str | None = None
    next_check_seconds: int | None = None
    wait: Wait = Wait.LEFTOVERS
    is_machine_alive: bool = False
    part_ends: Mapping[str, datetime] = field(default_factory=dict)
    billed_seconds: int | None = None
    details: Payload = field(default_factory=dict)
    note: str = ""


LONGEST_CLEANUP_SECONDS = 24 * 3600
