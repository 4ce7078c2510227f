"""AWS::CloudWatch::Alarm is created. moto's CloudFormation does not know the type."""

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register the type. cloudwatch_alarms_fire evaluates them."""
    register_type("AWS::CloudWatch::Alarm", _create, _delete, ("Arn",))


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    queries = properties.get("Metrics")
    if queries is not None:
        raise NotImplementedError("an alarm on metric math is not modelled")
    alarm = cloudwatch_backends[account][region].put_metric_alarm(
        name=properties.get("AlarmName", name),
        namespace=properties["Namespace"],
        metric_name=properties["MetricName"],
        comparison_operator=properties["ComparisonOperator"],
        evaluation_periods=int(properties["EvaluationPeriods"]),
        period=int(properties["Period"]),
        threshold=float(properties["Threshold"]),
        statistic=properties.get("Statistic", ""),
        description=properties.get("AlarmDescription", ""),
        dimensions=properties.get("Dimensions", []),
        alarm_actions=properties.get("AlarmActions", []),
        ok_actions=properties.get("OKActions", []),
        insufficient_data_actions=properties.get("InsufficientDataActions", []),
        extended_statistic=properties.get("ExtendedStatistic"),
        unit=properties.get("Unit"),
        treat_missing_data=properties.get("TreatMissingData"),
        datapoints_to_alarm=properties.get("DatapointsToAlarm"),
    )
    return Made(alarm.name, {"Arn": alarm.alarm_arn})


def _delete(physical_id: str, account: str, region: str) -> None:
    cloudwatch_backends[account][region].delete_alarms([physical_id])
