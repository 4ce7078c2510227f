"""Evaluates the alarms of metrics that change, and reports it when their states change.

An alarm publishes to its topics, and CloudWatch sends an event to EventBridge. Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from embedded_aws.alarms.metric_counts import MetricName, counts_of, time_of
from embedded_aws.alarms.verdict import ALARM, Rule, is_modelled
from embedded_aws.context import Context, current
from embedded_aws.emit_event import emit_event

_logger = logging.getLogger(__name__)
_changing = threading.Lock()


def record(values: Mapping[MetricName, float]) -> None:
    """Count the values of metrics now, and plan when their alarms are evaluated."""
    context = current()
    now = context.clock.now()
    for metric, amount in values.items():
        counts_of(context).add(metric, amount, now)
    for alarm in _alarms(context):
        if _metric_of(alarm) in values:
            plan(alarm)


def plan(alarm: Alarm) -> None:
    """Evaluate an alarm when it changes its state, if nothing more is counted until then."""
    context = current()
    rule, metric = _rule_of(alarm), _metric_of(alarm)
    if rule is None or metric is None:
        return
    sums = counts_of(context).sums_of(metric)
    minute = rule.next_change(sums, alarm.state_value, int(context.clock.now().timestamp()))
    with _changing:
        cancel = _planned(context).pop(alarm.alarm_arn, None)
        if cancel is not None:
            cancel()
        if minute is not None:
            evaluate = context.clock.call_at(
                time_of(minute), lambda: _evaluate(alarm, rule, metric, minute)
            )
            _planned(context)[alarm.alarm_arn] = evaluate


def _evaluate(alarm: Alarm, rule: Rule, metric: MetricName, minute: int) -> None:
    context = current()
    if alarm not in _alarms(context):
        return
    sums = counts_of(context).sums_of(metric)
    state = rule.state_at(sums, minute)
    if state != alarm.state_value:
        previous = state_of(alarm)
        alarm.update_state(_reason(alarm, rule.values_at(sums, minute), state), "{}", state)
        report_change(alarm, previous)
    plan(alarm)


def report_change(alarm: Alarm, previous: dict[str, str]) -> None:
    """Publish to the alarm's topics and send an event, now that its state has changed.

    Args:
        alarm: in its new state.
        previous: what `state_of` returned before.
    """
    emit_event(
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
        alarm.alarm_arn,
        {
            "alarmName": alarm.name,
            "state": state_of(alarm),
            "previousState": previous,
            "configuration": {"description": alarm.description},
        },
    )
    actions = alarm.alarm_actions if alarm.state_value == ALARM else alarm.ok_actions
    for action in actions if alarm.actions_enabled else ():
        place = parse_arn(action)
        if place.service != "sns":
            _logger.warning("the embedded AWS does not model the action %s", action)
            continue
        sns_backends[place.account][place.region].publish(
            message=json.dumps(_message(alarm, previous["value"])),
            arn=action,
            subject=f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}',
        )


def state_of(alarm: Alarm) -> dict[str, str]:
    """Return the state of an alarm, as its events have it."""
    return {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "timestamp": f"{current().clock.now():%Y-%m-%dT%H:%M:%S.000+0000}",
    }


def _message(alarm: Alarm, before: str) -> dict[str, Any]:
    """Return what CloudWatch writes to a topic."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": current().settings.account_id,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": f"{current().clock.now():%Y-%m-%dT%H:%M:%S.000+0000}",
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "StatisticType": "Statistic",
            "Statistic": alarm.statistic.upper(),
            "Unit": None,
            "Dimensions": [{"name": one.name, "value": one.value} for one in alarm.dimensions],
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": alarm.threshold,
            "TreatMissingData": alarm.treat_missing_data,
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def _reason(alarm: Alarm, values: list[float], state: str) -> str:
    found = ", ".join(map(str, values)) or "none"
    points = f"{len(values)} datapoint{'' if len(values) == 1 else 's'} [{found}]"
    verb = "" if state == ALARM else "not "
    return f"Threshold Crossed: {points} {verb}{alarm.comparison_operator} ({alarm.threshold})."


def _rule_of(alarm: Alarm) -> Rule | None:
    operator, period = alarm.comparison_operator, int(alarm.period or 0)  # none with metric math
    if not is_modelled(operator, alarm.statistic, period, alarm.treat_missing_data):
        return None
    return Rule(
        comparison=operator,
        threshold=float(alarm.threshold),
        period_seconds=period,
        periods=int(alarm.evaluation_periods),
        periods_to_alarm=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
    )


def _metric_of(alarm: Alarm) -> MetricName | None:
    if len(alarm.dimensions) != 1:
        return None
    (one,) = alarm.dimensions
    return MetricName(alarm.namespace, alarm.metric_name, str(one.name), str(one.value))


def _alarms(context: Context) -> Iterable[Alarm]:
    settings = context.settings
    return list(cloudwatch_backends[settings.account_id][settings.region].alarms.values())


def _planned(context: Context) -> dict[str, Callable[[], None]]:
    planned = context.services.setdefault("planned evaluations of alarms", {})
    assert isinstance(planned, dict)
    return planned
