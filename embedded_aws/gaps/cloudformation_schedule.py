"""AWS::Scheduler::Schedule and ::ScheduleGroup are made. moto's CloudFormation knows neither."""

from typing import Any

from moto.scheduler.models import scheduler_backends

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register both types. Schedules are kept and shown; they never fire."""
    register_type("AWS::Scheduler::Schedule", _create, _delete, ("Arn",))
    register_type("AWS::Scheduler::ScheduleGroup", _create_group, _delete_group, ("Arn",))


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    group = properties.get("GroupName")
    schedule = scheduler_backends[account][region].create_schedule(
        description=properties.get("Description", ""),
        end_date=properties.get("EndDate", ""),
        flexible_time_window=properties["FlexibleTimeWindow"],
        group_name=group or "default",
        kms_key_arn=properties.get("KmsKeyArn", ""),
        name=properties.get("Name", name[:64]),
        schedule_expression=properties["ScheduleExpression"],
        schedule_expression_timezone=properties.get("ScheduleExpressionTimezone", "UTC"),
        start_date=properties.get("StartDate", ""),
        state=properties.get("State", "ENABLED"),
        target=properties["Target"],
        action_after_completion=None,
    )
    return Made(schedule.name, {"Arn": schedule.arn})


def _delete(physical_id: str, account: str, region: str) -> None:
    for group in scheduler_backends[account][region].schedule_groups.values():
        group.schedules.pop(physical_id, None)


def _create_group(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    group = scheduler_backends[account][region].create_schedule_group(
        name=properties.get("Name", name[:64]), tags=properties.get("Tags", [])
    )
    return Made(group.name, {"Arn": group.arn})


def _delete_group(physical_id: str, account: str, region: str) -> None:
    scheduler_backends[account][region].schedule_groups.pop(physical_id, None)
