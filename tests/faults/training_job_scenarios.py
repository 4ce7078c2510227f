"""The runs on SageMaker: their calls, and their states once more, are rows of the matrix."""

from datetime import timedelta
from typing import Any

from embedded_aws import Settings
from tests.faults.scenario import FAILING, LIMIT, LONG, Scenario, Visit

IMAGE_REPOSITORY = "training"
NO_SUCH_TRAINING_TYPE = "ml.c5.18xlarge"
"""The type of which SageMaker has none to give."""
_TYPE = "ml.m5.large"
QUOTA_OF_TRAINING_JOBS = f"{_TYPE} for training job usage"
_ENDERS = ("StopTrainingJob", "ConfirmEnded")
_AWS = Settings()
_IMAGE = f"{_AWS.account_id}.dkr.ecr.{_AWS.region}.amazonaws.com/{IMAGE_REPOSITORY}:1"
_LIMITED: dict[str, Any] = {
    **LIMIT,
    "target": "sagemaker",
    "image": _IMAGE,
    "instance-type": _TYPE,
}

ON_TRAINING_JOBS = (
    Scenario("sagemaker-completed", "COMPLETED", _LIMITED),
    Scenario(
        "sagemaker-stopped",
        "ABORTED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_EXECUTION,
        new_from=_ENDERS,
    ),
    Scenario("sagemaker-failed", "SCRIPT_FAILED", _LIMITED, training=FAILING),
    Scenario("sagemaker-time-limit", "TIME_LIMIT", _LIMITED, training=LONG),
    Scenario(
        "sagemaker-stop-requested", "ABORTED", _LIMITED, training=LONG, visit=Visit.REQUEST_STOP
    ),
    Scenario("sagemaker-warm", "COMPLETED", {**_LIMITED, "keep-alive-seconds": 600}),
    # By hand, while its warm pool is there, which a cleanup releases.
    Scenario(
        "sagemaker-warm-stopped",
        "COMPLETED",
        {**_LIMITED, "keep-alive-seconds": 1200},
        visit=Visit.STOP_EXECUTION,
        visit_after=timedelta(minutes=15),
        new_from=_ENDERS,
    ),
    Scenario(
        "sagemaker-no-capacity",
        "NO_CAPACITY",
        {**_LIMITED, "instance-type": NO_SUCH_TRAINING_TYPE},
    ),
    Scenario(
        "sagemaker-second-choice",
        "COMPLETED",
        {**_LIMITED, "instance-type": [NO_SUCH_TRAINING_TYPE, _TYPE]},
    ),
    # By hand, in the console: while it starts, and while it trains.
    Scenario(
        "sagemaker-stopped-early",
        "LAUNCH_FAILED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_MACHINE,
        visit_after=timedelta(seconds=30),
    ),
    Scenario(
        "sagemaker-stopped-by-hand",
        "INSTANCE_LOST",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_MACHINE,
    ),
)
