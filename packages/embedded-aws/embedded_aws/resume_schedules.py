"""The schedules of an account that was kept go on."""

from embedded_aws.gaps.events_scheduled_rules import resume_scheduled_rules
from embedded_aws.gaps.scheduler_schedules_fire import resume_schedules


def resume_all_schedules() -> None:
    """Enter every schedule and every scheduled rule; what fell due meanwhile is past."""
    resume_schedules()
    resume_scheduled_rules()
