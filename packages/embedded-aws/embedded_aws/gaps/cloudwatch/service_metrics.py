"""Step Functions and Lambda count executions and invocations in CloudWatch. moto's do not.

AWS/States has ExecutionsStarted, ExecutionsSucceeded, ExecutionsFailed, ExecutionsAborted and
ExecutionsTimedOut by StateMachineArn; AWS/Lambda has Invocations and Errors by FunctionName. Both
are of the present run of the embedded AWS. Sources:
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from typing import Any

from moto.cloudwatch.models import MetricDatum
from moto.core.common_models import CloudWatchMetricProvider
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)

from embedded_aws.alarms.metric_counts import MetricName, counts_of, time_of
from embedded_aws.alarms.watch import record
from embedded_aws.context import current, is_running
from embedded_aws.patching import wrap

_ENDS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


class CountedMetrics(CloudWatchMetricProvider):
    """Shows what was counted to moto's CloudWatch, which asks every subclass of this kind."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricDatum]:
        """Return every count of a Region."""
        if not is_running() or region != current().settings.region:
            return []
        return [
            MetricDatum(
                namespace=metric.namespace,
                name=metric.name,
                value=amount,
                dimensions=[{"Name": metric.dimension, "Value": metric.value}],
                timestamp=time_of(minute).replace(tzinfo=None),  # as moto compares it
            )
            for metric, sums in list(counts_of(current()).by_metric.items())
            for minute, amount in list(sums.items())
        ]


def install() -> None:
    """Patch the start and the end of an execution."""
    wrap(Execution, "start", _make_start)
    wrap(BaseExecutionWorkerCommunication, "terminated", _make_terminated)


def count_invocation(function_name: str, *, is_error: bool) -> None:
    """Count an invocation of a function that has ended."""
    names = {"Invocations": 1.0, "Errors": float(is_error)}
    record(
        {
            MetricName("AWS/Lambda", name, "FunctionName", function_name): amount
            for name, amount in names.items()
        }
    )


def _make_start(original: Any) -> Any:
    def start(self: Any) -> None:
        if self.exec_worker is None:
            _count_execution(self, "ExecutionsStarted")
        original(self)

    return start


def _make_terminated(original: Any) -> Any:
    def terminated(self: Any) -> None:
        original(self)
        name = _ENDS.get(str(self.execution.status))
        if name is not None:
            _count_execution(self.execution, name)

    return terminated


def _count_execution(execution: Any, name: str) -> None:
    arn = str(execution.state_machine.arn)
    record({MetricName("AWS/States", name, "StateMachineArn", arn): 1.0})
