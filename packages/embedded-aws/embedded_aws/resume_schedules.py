"""Resumes the schedules of a restored account, or begins them as if it had just been deployed."""

from embedded_aws.gaps.events.scheduled_rules import begin_scheduled_rules, resume_scheduled_rules
from embedded_aws.gaps.scheduler.schedules_fire import begin_schedules, resume_schedules


def resume_all_schedules() -> None:
    """Schedule all schedules and scheduled rules; what was due in the meantime is skipped."""
    resume_schedules()
    resume_scheduled_rules()


def begin_all_schedules() -> None:
    """Schedule all schedules and scheduled rules as if they had been created now."""
    begin_schedules()
    begin_scheduled_rules()
