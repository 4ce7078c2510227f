"""One way for a job to go, and the times that all have in common."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

SHORT = SimulatedTraining(takes_seconds=600)
LONG = SimulatedTraining(takes_seconds=30 * 24 * 3600)
FAILING = SimulatedTraining(takes_seconds=600, exit_code=3)
TIME_LIMIT = timedelta(minutes=30)
LONGER_TIME_LIMIT = timedelta(hours=1)
"""The shortest limit for which a notification is sent when it is near."""
VISIT_AFTER = timedelta(minutes=5)
CLOCK_TIME_AFTER = timedelta(minutes=20)
"""How long after its submission a job with a time on the clock must be over."""
LIMIT: dict[str, Any] = {
    # Each job has a limit, and so a timer that ends its machine without AWS.
    "termination-method": ["at-fixed-time"],
    "termination-options": {"time-limit": TIME_LIMIT / timedelta(hours=1)},
}


class Visit(StrEnum):
    """What a user does about a job five minutes after its submission, or what its machine does."""

    STOP_EXECUTION = "stop-execution"
    REQUEST_STOP = "request-stop"
    SUPERSEDE = "supersede"
    CLEAN_UP = "clean-up"
    HANG = "hang"
    STOP_MACHINE = "stop-machine"
    REACH_METRIC = "reach-metric"
    STOP_IMPROVING = "stop-improving"
    STOP_PRINTING = "stop-printing"


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One way for a job to go.

    `ends_as`: the reason in its record, None if there is no record.
    `fault`: a call and a column, which belong to this way to go.
    `new_from`: the callers whose calls are rows of it though an earlier scenario has them too.
    `longer`: by how much its limit, and so all that counts from it, is later than the others'.
    `keeps`: what it could not save is kept, and its record says so.
    `visit_after`: when its visit comes.
    """

    name: str
    ends_as: str | None
    config: dict[str, Any]
    training: SimulatedTraining = SHORT
    visit: Visit | None = None
    fault: str | None = None
    new_from: tuple[str, ...] = ()
    longer: timedelta = timedelta()
    keeps: bool = False
    visit_after: timedelta = VISIT_AFTER

    @property
    def target(self) -> str:
        """Return what it runs on."""
        return str(self.config.get("target", "ec2-stack"))

    @property
    def lasts(self) -> bool:
        """Return whether something of it stays wrong."""
        return self.fault is not None
