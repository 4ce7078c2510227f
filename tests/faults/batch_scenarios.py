"""The runs on AWS Batch: their calls, and their states once more, are rows of the matrix."""

from datetime import timedelta
from typing import Any

from tests.faults.scenario import FAILING, LIMIT, LONG, Scenario, Visit

MACHINE_TYPE = "c5.large"
NO_SUCH_MACHINE_TYPE = "c5.18xlarge"
"""The type of which EC2 has none to give to Batch."""
QUEUE, SOLD_OUT_QUEUE = "parris-batch", "parris-sold-out"
_WAITS_IN_QUEUE = timedelta(minutes=10)
_ENDERS = ("TerminateBatchJob", "ConfirmEnded")
_CONTAINER: dict[str, Any] = {
    **LIMIT,
    "target": "batch",
    "image": "public.ecr.aws/docker/library/python:3.13-slim",
    # The whole machine, so that what takes it from a job takes it from no other one.
    "vcpus": 2,
}
_LIMITED = {**_CONTAINER, "training-script-filename": "trainer-script.sh"}
_PATIENT = {**_LIMITED, "runnable-timeout-seconds": _WAITS_IN_QUEUE.total_seconds()}

ON_BATCH = (
    Scenario("batch-completed", "COMPLETED", _LIMITED),
    Scenario(
        "batch-stopped",
        "ABORTED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_EXECUTION,
        new_from=_ENDERS,
    ),
    Scenario("batch-failed", "SCRIPT_FAILED", _LIMITED, training=FAILING),
    Scenario("batch-time-limit", "TIME_LIMIT", _LIMITED, training=LONG),
    Scenario("batch-stop-requested", "ABORTED", _LIMITED, training=LONG, visit=Visit.REQUEST_STOP),
    # Without a runner only Parris and Batch end the container.
    Scenario(
        "batch-own-command",
        "TIME_LIMIT",
        {**_CONTAINER, "run-image-command": True, "command": ["train"]},
        training=LONG,
        new_from=_ENDERS,
    ),
    Scenario("batch-no-capacity", "NO_CAPACITY", {**_PATIENT, "job-queue": SOLD_OUT_QUEUE}),
    Scenario(
        "batch-second-choice",
        "COMPLETED",
        {**_PATIENT, "job-queue": [SOLD_OUT_QUEUE, QUEUE]},
        longer=_WAITS_IN_QUEUE,
    ),
    # By hand, in the console: while it waits for a machine, and while it trains.
    Scenario(
        "batch-terminated-early",
        "LAUNCH_FAILED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_MACHINE,
        visit_after=timedelta(seconds=30),
    ),
    Scenario(
        "batch-terminated-by-hand",
        "INSTANCE_LOST",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_MACHINE,
    ),
)
