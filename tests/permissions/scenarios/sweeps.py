"""Sweeps: with trials that wait, a search, and each end; with what a person or a retry repeats."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from embedded_aws import EmbeddedAws
from parris.aws.sweeps_table import SweepsTable
from parris.sweeps.trial import Trial
from tests.end_to_end.deployment import Deployed
from tests.permissions.scenarios.scenario import SECONDS, STOPS_ON_SIGNAL, outputs_of, reap

_TRAINS = """echo "step=1 loss=0.$PARRIS_HP_X"
echo 7 > "$PARRIS_RESULTS_DIR/model"
"""
_ENDLESS_X = 9
_SCRIPT = f'{_TRAINS}[ "$PARRIS_HP_X" = {_ENDLESS_X} ] || exit 0\n{STOPS_ON_SIGNAL}'
_ONE_AT_A_TIME = {"cost-limit": 0.9}
_ALL_TOGETHER = {"cost-limit": 3}


def swept(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run trials one after the other, one of them stopped by hand, and keep the best results."""
    arn = _start(aws, "swept", [1, 2, _ENDLESS_X], budget=_ONE_AT_A_TIME, **{"keep-best": 1})
    trial = _await_endless(aws, "swept")
    # Its cleanup writes the record that the sweep waits for.
    aws.client("stepfunctions").stop_execution(executionArn=trial.execution_arn or "")
    _until(lambda: _status(aws, arn) != "RUNNING")
    assert _status(aws, arn) == "SUCCEEDED"
    assert _results_left(aws, "swept") == 1
    _validate_again(aws, arn)


def searched(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let the results of one trial suggest the next, and compare the two at a rung."""
    arn = _start(
        aws,
        "searched",
        [],
        parameters={"x": {"type": "integer", "minimum": 1, "maximum": 8}},
        search={"method": "tpe"},
        trials=2,
        budget=_ONE_AT_A_TIME,
        **{"early-stopping": {"minimum-reports": 1}},
    )
    _until(lambda: _status(aws, arn) != "RUNNING")
    assert _status(aws, arn) == "SUCCEEDED"


def rejected_sweep(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Start a sweep whose list of trials is not there."""
    search = {"method": "list", "trials-file": "no-such-list.json"}
    arn = _start(aws, "rejected", [], budget=_ONE_AT_A_TIME, search=search)
    _until(lambda: _status(aws, arn) != "RUNNING")
    assert _status(aws, arn) == "FAILED"


def stopped_sweep(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop a sweep while a trial trains and another one waits, which the reaper leaves alone."""
    arn = start_endless_sweep(aws, "stopped")
    _until(lambda: _table(aws).sleepers("stopped-1"))
    reap(aws)
    event = {"sweep_id": "stopped-1", "now": datetime.now(UTC).isoformat()}
    function = outputs_of(aws)["EndSweepFunctionName"]
    aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    _until(lambda: _status(aws, arn) != "RUNNING")


def aborted_sweep(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Abort a sweep and the trial that trains, and let the reaper close it."""
    arn = _start(aws, "aborted", [1, 2, _ENDLESS_X], budget=_ALL_TOGETHER, **{"keep-best": 1})
    trial = _await_endless(aws, "aborted")
    _until(lambda: len([one for one in _trials(aws, "aborted") if one.is_over]) == 2)
    for execution in (trial.execution_arn or "", arn):
        aws.client("stepfunctions").stop_execution(executionArn=execution)

    def is_closed() -> bool:
        reap(aws)
        time.sleep(3)
        return not _table(aws).open_sweeps()

    _until(is_closed)
    assert _results_left(aws, "aborted") == 1


def start_endless_sweep(aws: EmbeddedAws, name: str) -> str:
    """Start a sweep of two trials, and return its execution when the first one trains."""
    arn = _start(aws, name, [_ENDLESS_X, _ENDLESS_X], budget=_ONE_AT_A_TIME)
    _await_endless(aws, name)
    return arn


def _start(aws: EmbeddedAws, name: str, listed: list[int], **config: Any) -> str:
    outputs = outputs_of(aws)
    s3, bucket = aws.client("s3"), outputs["TrainingBucketName"]
    trials = json.dumps([{"x": x} for x in listed])
    s3.put_object(Bucket=bucket, Key=f"{name}.sh", Body=f"#!/bin/bash\n{_SCRIPT}".encode())
    s3.put_object(Bucket=bucket, Key=f"{name}.json", Body=trials.encode())
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


def _await_endless(aws: EmbeddedAws, name: str) -> Trial:
    """Return the trial that does not end by itself, when it trains and its run sleeps."""
    table = outputs_of(aws)["JobsTableName"]
    found: list[Trial] = []

    def is_asleep() -> bool:
        found[:] = [
            one
            for one in _trials(aws, name)
            if one.is_reserved and one.parameters == {"x": _ENDLESS_X}
        ]
        if not found:
            return False
        key = {"item": {"S": f"job#{found[0].training_job_name}"}}
        item = aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
        return "task_token" in item

    _until(is_asleep)
    return found[0]


def _validate_again(aws: EmbeddedAws, arn: str) -> None:
    """Repeat the check of a sweep, as after a response that was lost."""
    execution = aws.client("stepfunctions").describe_execution(executionArn=arn)
    event = {
        "config": json.loads(execution["input"]),
        "sweep_id": execution["name"],
        "execution_arn": arn,
        "started_at": execution["startDate"].isoformat(),
    }
    function = aws.client("cloudformation").describe_stack_resource(
        StackName="parris", LogicalResourceId="ValidateSweepFunction"
    )["StackResourceDetail"]["PhysicalResourceId"]
    response = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    assert "FunctionError" not in response, response["Payload"].read()


def _results_left(aws: EmbeddedAws, name: str) -> int:
    """Return how many successful trials of a sweep have their results in the bucket."""
    s3, found = aws.client("s3"), 0
    for trial in _trials(aws, name):
        if trial.status == "succeeded" and trial.results_uri:
            bucket, _, prefix = trial.results_uri.removeprefix("s3://").partition("/")
            found += "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
    return found


def _status(aws: EmbeddedAws, arn: str) -> str:
    return str(aws.client("stepfunctions").describe_execution(executionArn=arn)["status"])


def _table(aws: EmbeddedAws) -> SweepsTable:
    return SweepsTable(aws.client("dynamodb"), outputs_of(aws)["SweepsTableName"])


def _trials(aws: EmbeddedAws, name: str) -> list[Trial]:
    return _table(aws).trials(f"{name}-1")


def _until(condition: Callable[[], object]) -> None:
    ends_at = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends_at, "it has not come"
        time.sleep(1)
