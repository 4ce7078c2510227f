"""The path of a job through its phases, as its history has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Payload, part_of, parts_in
from parris.timestamps import format_timestamp
from parris_cli.following.phase import Phase, phase_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from parris_cli.following.history import Transition

_ORDER = list(Phase)


@dataclass(frozen=True, slots=True)
class PhaseBegun:
    """A phase of an attempt, and when it began."""

    phase: Phase
    at: datetime
    attempt: int = 1

    def to_json(self) -> Payload:
        """Return it for programs."""
        return {"phase": self.phase, "at": format_timestamp(self.at), "attempt": self.attempt}


def path_of(transitions: Iterable[Transition]) -> list[PhaseBegun]:
    """Return the phases of a job in order; those of a further attempt begin with its launch.

    The states do not say when the script begins, so that the start of its machine counts as that.
    """
    path: list[PhaseBegun] = []
    for one in transitions:
        if one.is_entered and not path:
            path.append(PhaseBegun(Phase.CHECKING, one.at))
        if one.is_entered or not one.output:
            continue
        phase = phase_of(one.output).phase
        phase = Phase.TRAINING if phase is Phase.STARTING else phase
        attempt = len(parts_in(part_of(one.output, "job"), "past_attempts")) + 1
        last = path[-1] if path else PhaseBegun(Phase.CHECKING, one.at)
        is_later = _ORDER.index(phase) > _ORDER.index(last.phase)
        if attempt > last.attempt or (attempt == last.attempt and is_later):
            path.append(PhaseBegun(phase, one.at, attempt))
    return path


def last_state(transitions: Iterable[Transition]) -> Payload:
    """Return `$` of a run after its last state that has a job; empty before that."""
    state: Payload = {}
    for one in transitions:
        if part_of(one.output, "job"):
            state = one.output
    return state
