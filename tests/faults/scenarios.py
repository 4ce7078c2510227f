"""The runs whose calls and states are the rows of the matrix: together they enter every state."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

_SHORT = SimulatedTraining(takes_seconds=600)
_LONG = SimulatedTraining(takes_seconds=30 * 24 * 3600)
_NEARLY_AN_HOUR = SimulatedTraining(takes_seconds=58 * 60)
_FAILING = SimulatedTraining(takes_seconds=600, exit_code=3)
TIME_LIMIT = timedelta(minutes=30)
LONGER_TIME_LIMIT = timedelta(hours=1)
"""The shortest limit for which a notification is sent when it is near."""
VISIT_AFTER = timedelta(minutes=5)
NO_SUCH_TYPE = "p5.48xlarge"
"""The type of which EC2 has none to give."""
_LIMITED: dict[str, Any] = {
    # Each job has a limit, and so a timer that ends its machine without AWS.
    "termination-method": ["at-fixed-time"],
    "termination-options": {"time-limit": TIME_LIMIT / timedelta(hours=1)},
    "instance-type": "t3.micro",
}


class Visit(StrEnum):
    """What a user does about a job five minutes after its submission, or what its machine does."""

    STOP_EXECUTION = "stop-execution"
    REQUEST_STOP = "request-stop"
    SUPERSEDE = "supersede"
    CLEAN_UP = "clean-up"
    HANG = "hang"


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One way for a job to go.

    `ends_as`: the reason in its record, None if there is no record.
    `fault`: a call and a column, which belong to this way to go.
    `new_from`: the callers whose calls are rows of it though an earlier scenario has them too.
    `longer`: by how much its limit, and so all that counts from it, is later than the others'.
    `keeps`: what it could not save is kept, and its record says so.
    """

    name: str
    ends_as: str | None
    config: dict[str, Any] = field(default_factory=lambda: dict(_LIMITED))
    training: SimulatedTraining = _SHORT
    visit: Visit | None = None
    fault: str | None = None
    new_from: tuple[str, ...] = ()
    longer: timedelta = timedelta()
    keeps: bool = False

    @property
    def lasts(self) -> bool:
        """Return whether something of it stays wrong."""
        return self.fault is not None


_COST = {
    **_LIMITED,
    "termination-method": "around-cost-threshold",
    "termination-options": {"cost-limit": 0.02},
}
_NEAR_LIMIT = {
    **_LIMITED,
    "termination-options": {"time-limit": LONGER_TIME_LIMIT / timedelta(hours=1)},
}
_ENDERS = ("StopOrDeleteStack", "ConfirmEnded")
_ALL = (
    Scenario("completed", "COMPLETED"),
    Scenario("time-limit", "TIME_LIMIT", training=_LONG, new_from=(*_ENDERS, "RecordOutcome")),
    Scenario("stopped", "ABORTED", training=_LONG, visit=Visit.STOP_EXECUTION, new_from=_ENDERS),
    Scenario("script-failed", "SCRIPT_FAILED", training=_FAILING),
    Scenario("cost-limit", "COST_LIMIT", _COST, training=_LONG),
    Scenario("stop-requested", "ABORTED", training=_LONG, visit=Visit.REQUEST_STOP),
    Scenario("superseded", "SUPERSEDED", training=_LONG, visit=Visit.SUPERSEDE),
    Scenario("visited", "COMPLETED", visit=Visit.CLEAN_UP),
    Scenario(
        "near-limit",
        "COMPLETED",
        _NEAR_LIMIT,
        training=_NEARLY_AN_HOUR,
        longer=LONGER_TIME_LIMIT - TIME_LIMIT,
    ),
    # Found silent by the poll before its limit at the latest, and lost before the limit.
    Scenario(
        "silent",
        "INSTANCE_LOST",
        {**_NEAR_LIMIT, "silence-timeout-seconds": 3300},
        training=_LONG,
        visit=Visit.HANG,
        longer=LONGER_TIME_LIMIT - TIME_LIMIT,
        keeps=True,
    ),
    Scenario("refused", None, {**_LIMITED, "volume-size-gib": 0}),
    Scenario("no-capacity", "NO_CAPACITY", {**_LIMITED, "instance-type": NO_SUCH_TYPE}),
    Scenario(
        "second-choice", "COMPLETED", {**_LIMITED, "instance-type": [NO_SUCH_TYPE, "t3.micro"]}
    ),
    Scenario("unread", None, fault="ValidateConfig/s3:GetObject/1/access-denied"),
    Scenario(
        "unlaunched",
        "LAUNCH_FAILED",
        fault="CreateStack/cloudformation:CreateStack/1/access-denied",
    ),
    Scenario(
        "launch-unseen",
        "LAUNCH_FAILED",
        training=_LONG,
        fault="WaitForRunning/cloudformation:DescribeStacks/1/throttled-for-ever",
    ),
    Scenario("never-started", "LAUNCH_FAILED", fault="Instance/s3:GetObject/1/access-denied"),
    Scenario(
        "unseen",
        "INSTANCE_LOST",
        training=_LONG,
        fault="PollTerminationCondition/ec2:DescribeInstances/1/unavailable-for-ever",
    ),
    Scenario(
        "unconfirmed",
        "CLEANUP_FAILED",
        fault="ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    ),
    Scenario(
        "stopped-unconfirmed",
        "CLEANUP_FAILED",
        training=_LONG,
        visit=Visit.STOP_EXECUTION,
        fault="ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    ),
    Scenario("unrecorded", None, fault="RecordOutcome/s3:PutObject/1/access-denied"),
    Scenario(
        "stopped-unfound",
        None,
        training=_LONG,
        visit=Visit.STOP_EXECUTION,
        fault="FindRun/stepfunctions:DescribeExecution/1/access-denied",
    ),
)
SCENARIOS = {one.name: one for one in _ALL}
