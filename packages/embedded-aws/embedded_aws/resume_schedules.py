"""Resumes the schedules of a restored account."""

from embedded_aws.gaps.events_scheduled_rules import resume_scheduled_rules
from embedded_aws.gaps.scheduler_schedules_fire import resume_schedules


def resume_all_schedules() -> None:
    """Schedule all schedules and scheduled rules; what was due in the meantime is skipped."""
    resume_schedules()
    resume_scheduled_rules()
