"""What a target is asked of a machine that is silent, or that never started."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.liveness import silent_since
from parris.policy import MachineState
from parris.reasons import EndReason

if TYPE_CHECKING:
    from datetime import datetime

    from parris.policy import Decision, Observation
    from parris.targets.target import Target

_REQUESTED = (EndReason.SUPERSEDED, EndReason.ABORTED)


def with_failed_check(
    seen: Observation, now: datetime, target: Target, machine_id: str
) -> Observation:
    """Return the sighting; a machine that runs and is silent is checked by other means too."""
    if seen.machine is not MachineState.RUNNING or silent_since(seen.signs, now) is None:
        return seen
    failed_check = target.failed_check(machine_id)
    return dataclasses.replace(
        seen, signs=dataclasses.replace(seen.signs, failed_check=failed_check)
    )


def with_console(
    decision: Decision, seen: Observation, target: Target, machine_id: str
) -> Decision:
    """Return the decision; the end of a job whose runner never started says what is known of it."""
    if decision.reason is None or decision.reason in _REQUESTED or seen.signs.has_started:
        return decision
    from parris.targets.console import console_text

    words = console_text(target.console(machine_id))
    did_not_start = "" if decision.reason is EndReason.LAUNCH_FAILED else "; no runner had started"
    return dataclasses.replace(decision, cause=f"{decision.cause}{did_not_start}; {words}")
