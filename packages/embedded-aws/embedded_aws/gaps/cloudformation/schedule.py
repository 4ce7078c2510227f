"""AWS::Scheduler::Schedule and ::ScheduleGroup are created. moto's CloudFormation knows neither."""

from datetime import datetime
from typing import Any

from moto.scheduler.models import scheduler_backends

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register both types."""
    register_type("AWS::Scheduler::Schedule", _create, _delete, ("Arn",))
    register_type("AWS::Scheduler::ScheduleGroup", _create_group, _delete_group, ("Arn",))


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    group = properties.get("GroupName")
    schedule = scheduler_backends[account][region].create_schedule(
        description=properties.get("Description", ""),
        end_date=_seconds_since_1970(properties.get("EndDate")),
        flexible_time_window=properties["FlexibleTimeWindow"],
        group_name=group or "default",
        kms_key_arn=properties.get("KmsKeyArn", ""),
        name=properties.get("Name", name[:64]),
        schedule_expression=properties["ScheduleExpression"],
        schedule_expression_timezone=properties.get("ScheduleExpressionTimezone", "UTC"),
        start_date=_seconds_since_1970(properties.get("StartDate")),
        state=properties.get("State", "ENABLED"),
        target=properties["Target"],
        action_after_completion=None,
    )
    return Made(schedule.name, {"Arn": schedule.arn})


def _delete(physical_id: str, account: str, region: str) -> None:
    backend = scheduler_backends[account][region]
    for group in list(backend.schedule_groups.values()):
        if physical_id in group.schedules:
            backend.delete_schedule(group.name, physical_id)


def _create_group(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    group = scheduler_backends[account][region].create_schedule_group(
        name=properties.get("Name", name[:64]), tags=properties.get("Tags", [])
    )
    return Made(group.name, {"Arn": group.arn})


def _delete_group(physical_id: str, account: str, region: str) -> None:
    backend = scheduler_backends[account][region]
    if physical_id in backend.schedule_groups:
        backend.delete_schedule_group(physical_id)


def _seconds_since_1970(timestamp: str | None) -> Any:
    # The API's form, which moto's code expects.
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else None
