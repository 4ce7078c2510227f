"""The runs whose calls and states are the rows of the matrix: together they enter every state."""

from datetime import timedelta
from typing import Any

from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from tests.faults.batch_scenarios import ON_BATCH
from tests.faults.scenario import (
    FAILING,
    LIMIT,
    LONG,
    LONGER_TIME_LIMIT,
    TIME_LIMIT,
    Scenario,
    Visit,
)
from tests.faults.server_scenarios import ON_SERVERS
from tests.faults.training_job_scenarios import ON_TRAINING_JOBS

_NEARLY_AN_HOUR = SimulatedTraining(takes_seconds=58 * 60)
NO_SUCH_TYPE = "p5.48xlarge"
"""The type of which EC2 has none to give."""
_LIMITED: dict[str, Any] = {**LIMIT, "instance-type": "t3.micro"}
_COST = {
    **_LIMITED,
    "termination-method": "around-cost-threshold",
    "termination-options": {"cost-limit": 0.02},
}
_NEAR_LIMIT = {
    **_LIMITED,
    "termination-options": {"time-limit": LONGER_TIME_LIMIT / timedelta(hours=1)},
}
_METRIC_GOAL = {
    **_LIMITED,
    "termination-method": ["at-fixed-time", "on-metric"],
    "termination-options": {
        **LIMIT["termination-options"],
        "metric-goal": {
            "metric": "loss",
            "direction": "minimize",
            "target": 0.1,
            "patience-reports": 5,
        },
    },
}
_ENDERS = ("StopOrDeleteStack", "ConfirmEnded")
_ON_STACKS = (
    Scenario("completed", "COMPLETED", _LIMITED),
    Scenario(
        "time-limit", "TIME_LIMIT", _LIMITED, training=LONG, new_from=(*_ENDERS, "RecordOutcome")
    ),
    Scenario(
        "stopped", "ABORTED", _LIMITED, training=LONG, visit=Visit.STOP_EXECUTION, new_from=_ENDERS
    ),
    Scenario("script-failed", "SCRIPT_FAILED", _LIMITED, training=FAILING),
    Scenario("cost-limit", "COST_LIMIT", _COST, training=LONG),
    Scenario(
        "clock-time",
        "CLOCK_TIME",
        {**_LIMITED, "termination-method": ["at-fixed-time", "at-clock-time"]},
        training=LONG,
    ),
    Scenario(
        "metric-reached", "METRIC_REACHED", _METRIC_GOAL, training=LONG, visit=Visit.REACH_METRIC
    ),
    Scenario(
        "no-improvement", "NO_IMPROVEMENT", _METRIC_GOAL, training=LONG, visit=Visit.STOP_IMPROVING
    ),
    Scenario(
        "no-progress",
        "NO_PROGRESS",
        {**_LIMITED, "termination-method": ["at-fixed-time", "no-progress"]},
        training=LONG,
        visit=Visit.STOP_PRINTING,
    ),
    Scenario("stop-requested", "ABORTED", _LIMITED, training=LONG, visit=Visit.REQUEST_STOP),
    Scenario("superseded", "SUPERSEDED", _LIMITED, training=LONG, visit=Visit.SUPERSEDE),
    Scenario("visited", "COMPLETED", _LIMITED, visit=Visit.CLEAN_UP),
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
        training=LONG,
        visit=Visit.HANG,
        longer=LONGER_TIME_LIMIT - TIME_LIMIT,
        keeps=True,
    ),
    Scenario("refused", None, {**_LIMITED, "volume-size-gib": 0}),
    Scenario("no-capacity", "NO_CAPACITY", {**_LIMITED, "instance-type": NO_SUCH_TYPE}),
    Scenario(
        "no-capacity-twice",
        "NO_CAPACITY",
        {**_LIMITED, "instance-type": NO_SUCH_TYPE, "max-attempts": 2},
    ),
    Scenario(
        "second-choice", "COMPLETED", {**_LIMITED, "instance-type": [NO_SUCH_TYPE, "t3.micro"]}
    ),
    Scenario("unread", None, _LIMITED, fault="ValidateConfig/s3:GetObject/1/access-denied"),
    Scenario(
        "unlaunched",
        "LAUNCH_FAILED",
        _LIMITED,
        fault="CreateStack/cloudformation:CreateStack/1/access-denied",
    ),
    Scenario(
        "launch-unseen",
        "LAUNCH_FAILED",
        _LIMITED,
        training=LONG,
        fault="WaitForRunning/cloudformation:DescribeStacks/1/throttled-for-ever",
    ),
    Scenario(
        "never-started", "LAUNCH_FAILED", _LIMITED, fault="Instance/s3:GetObject/1/access-denied"
    ),
    Scenario(
        "unseen",
        "INSTANCE_LOST",
        _LIMITED,
        training=LONG,
        fault="PollTerminationCondition/ec2:DescribeInstances/1/unavailable-for-ever",
    ),
    Scenario(
        "unconfirmed",
        "CLEANUP_FAILED",
        _LIMITED,
        fault="ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    ),
    Scenario(
        "stopped-unconfirmed",
        "CLEANUP_FAILED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_EXECUTION,
        fault="ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    ),
    Scenario(
        "undeleted",
        "CLEANUP_FAILED",
        _LIMITED,
        fault="CloudFormation/cloudformation:Delete:AWS::EC2::LaunchTemplate/1/access-denied",
    ),
    Scenario("unrecorded", None, _LIMITED, fault="RecordOutcome/s3:PutObject/1/access-denied"),
    Scenario(
        "stopped-unfound",
        None,
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_EXECUTION,
        fault="FindRun/stepfunctions:DescribeExecution/1/access-denied",
    ),
)
SCENARIOS = {one.name: one for one in (*_ON_STACKS, *ON_TRAINING_JOBS, *ON_BATCH, *ON_SERVERS)}
