"""Adds what a target knows about a silent machine, or about one that never started."""

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
    """Return the observation, with the failed status check of a running machine that is silent."""
    if seen.machine is not MachineState.RUNNING or silent_since(seen.signs, now) is None:
        return seen
    failed_check = target.failed_check(machine_id)
    return dataclasses.replace(
        seen, signs=dataclasses.replace(seen.signs, failed_check=failed_check)
    )


def with_console(
    decision: Decision, seen: Observation, target: Target, machine_id: str
) -> Decision:
    """Return the decision, with the console output as cause if the runner never started."""
    if decision.reason is None or decision.reason in _REQUESTED or seen.signs.has_started:
        return decision
    from parris.console import console_text

    console = console_text(target.console(machine_id))
    did_not_start = (
        "" if decision.reason is EndReason.LAUNCH_FAILED else "; the runner had not started"
    )
    return dataclasses.replace(decision, cause=f"{decision.cause}{did_not_start}; {console}")
