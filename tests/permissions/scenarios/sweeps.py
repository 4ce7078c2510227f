"""Sweeps: one with a trial that waits and results that are not kept, one stopped, one aborted."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from embedded_aws import EmbeddedAws
from parris.aws.sweeps_table import SweepsTable
from parris.sweeps.trial import Trial
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.permissions.scenarios.scenario import SECONDS, outputs_of, reap

_SCRIPT = 'echo "loss=0.$PARRIS_HP_X"; echo 7 > "$PARRIS_RESULTS_DIR/model"\n'


def swept(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let two trials of a list run one after the other, and keep the results of the best."""
    arn = _start(aws, "swept", _SCRIPT, budget={"cost-limit": 0.9}, **{"keep-best": 1})
    _until(lambda: _status(aws, arn) != "RUNNING")
    assert _status(aws, arn) == "SUCCEEDED"


def stopped_sweep(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop a sweep while a trial trains and another one waits."""
    arn = _start(aws, "stopped", ENDLESS, budget={"cost-limit": 0.9})
    _until(lambda: _reserved(aws, "stopped"))
    time.sleep(15)  # until its run holds its job name
    event = {"sweep_id": "stopped-1", "now": datetime.now(UTC).isoformat()}
    function = outputs_of(aws)["EndSweepFunctionName"]
    aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    _until(lambda: _status(aws, arn) != "RUNNING")


def aborted_sweep(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Abort a sweep while a trial trains, and let the reaper close it."""
    arn = _start(aws, "aborted", ENDLESS, budget={"cost-limit": 0.9})
    _until(lambda: _reserved(aws, "aborted"))
    time.sleep(15)
    aws.client("stepfunctions").stop_execution(executionArn=arn)

    def is_closed() -> bool:
        reap(aws)
        time.sleep(3)
        return not _table(aws).open_sweeps()

    _until(is_closed)


def _start(aws: EmbeddedAws, name: str, script: str, **config: Any) -> str:
    outputs = outputs_of(aws)
    s3, bucket = aws.client("s3"), outputs["TrainingBucketName"]
    s3.put_object(Bucket=bucket, Key=f"{name}.sh", Body=f"#!/bin/bash\n{script}".encode())
    s3.put_object(Bucket=bucket, Key=f"{name}.json", Body=b'[{"x": 1}, {"x": 2}]')
    whole = {
        "sweep-name": name,
        "training": {
            "termination-method": "at-fixed-time",
            "termination-options": {"time-limit": "10m"},
            "training-script-filename": f"{name}.sh",
            "instance-type": "t3.micro",
        },
        "search": {"method": "list", "trials-file": f"{name}.json"},
        "goal": {"metric": "loss", "direction": "minimize"},
        **config,
    }
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=outputs["SweepStateMachineArn"], name=f"{name}-1", input=json.dumps(whole)
    )
    return str(started["executionArn"])


def _status(aws: EmbeddedAws, arn: str) -> str:
    return str(aws.client("stepfunctions").describe_execution(executionArn=arn)["status"])


def _table(aws: EmbeddedAws) -> SweepsTable:
    return SweepsTable(aws.client("dynamodb"), outputs_of(aws)["SweepsTableName"])


def _reserved(aws: EmbeddedAws, name: str) -> list[Trial]:
    return [trial for trial in _table(aws).trials(f"{name}-1") if trial.is_reserved]


def _until(condition: Callable[[], object]) -> None:
    ends_at = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends_at, "it has not come"
        time.sleep(1)
