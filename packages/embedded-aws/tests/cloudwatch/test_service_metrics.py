"""Executions and invocations are counted, and CloudWatch shows the counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    create_function,
    create_machine,
    end_of,
    invoke,
    until,
)


def total(aws: EmbeddedAws, namespace: str, name: str, dimension: str, value: str) -> float:
    now = datetime.now(UTC)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": dimension, "Value": value}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )
    return float(sum(one["Sum"] for one in found["Datapoints"]))


def test_executions_are_counted_by_their_ends(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"End": {"Type": "Fail", "Error": "E"}})
    steps = aws.client("stepfunctions")
    for _ in range(2):
        end_of(aws, steps.start_execution(stateMachineArn=machine)["executionArn"])

    def counts() -> dict[str, float]:
        names = ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsSucceeded")
        return {name: total(aws, "AWS/States", name, "StateMachineArn", machine) for name in names}

    expected = {"ExecutionsStarted": 2.0, "ExecutionsFailed": 2.0, "ExecutionsSucceeded": 0.0}
    until(lambda: counts() == expected)


def test_a_stopped_execution_is_counted_as_aborted(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}})
    steps = aws.client("stepfunctions")
    execution = steps.start_execution(stateMachineArn=machine)["executionArn"]
    steps.stop_execution(executionArn=execution)
    end_of(aws, execution)
    until(lambda: total(aws, "AWS/States", "ExecutionsAborted", "StateMachineArn", machine) == 1)


def test_invocations_and_their_errors_are_counted(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): return 1 / event")
    for event in (1, 0, 0):
        invoke(aws, event)
    of_function: Any = ("FunctionName", "function-of-a-test")
    assert total(aws, "AWS/Lambda", "Invocations", *of_function) == 3
    assert total(aws, "AWS/Lambda", "Errors", *of_function) == 2


def test_the_metrics_are_listed(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"End": {"Type": "Succeed"}})
    steps = aws.client("stepfunctions")
    end_of(aws, steps.start_execution(stateMachineArn=machine)["executionArn"])
    cloudwatch = aws.client("cloudwatch")

    def listed() -> set[str]:
        found = cloudwatch.list_metrics(Namespace="AWS/States")["Metrics"]
        return {one["MetricName"] for one in found}

    until(lambda: listed() == {"ExecutionsStarted", "ExecutionsSucceeded"})
