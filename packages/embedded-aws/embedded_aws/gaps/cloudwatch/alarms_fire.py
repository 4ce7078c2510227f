"""An alarm goes into ALARM and back to OK, publishes, and sends an event. moto's stay as they are.

Alarms on the sum of one metric that a service counts here (see cloudwatch_service_metrics), with
missing data as not breaching, are evaluated. Others are stored and described. What SetAlarmState
sets lasts until the next evaluation. Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend

from embedded_aws.alarms.watch import plan, report_change, state_of
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the creation of an alarm and SetAlarmState; what a service counts evaluates it."""
    wrap(CloudWatchBackend, "put_metric_alarm", _make_put)
    wrap(CloudWatchBackend, "set_alarm_state", _make_set)


def _make_put(original: Any) -> Any:
    def put_metric_alarm(self: Any, *arguments: Any, **named: Any) -> Any:
        alarm = original(self, *arguments, **named)
        plan(alarm)
        return alarm

    return put_metric_alarm


def _make_set(original: Any) -> Any:
    def set_alarm_state(self: Any, alarm_name: str, *arguments: Any) -> None:
        alarm = self.alarms.get(alarm_name)
        previous = None if alarm is None else state_of(alarm)
        original(self, alarm_name, *arguments)
        if previous is not None and previous["value"] != alarm.state_value:
            report_change(alarm, previous)
            plan(alarm)

    return set_alarm_state
