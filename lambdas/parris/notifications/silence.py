"""A machine whose runner sends no heartbeat any more: what people are notified of, once.

The job is not ended for that alone. A person may know better: whether it is busy, or to be ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.durations import duration, readable_time
from parris.liveness import silent_until
from parris.notifications.kinds import MessageKind, should_notify
from parris.notifications.links import execution_url
from parris.notifications.message import make_message

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.notifications.message import Message
    from parris.resource import Guide


def silence_message(
    job: Job, machine: Guide, heartbeat_at: datetime, now: datetime
) -> Message | None:
    """Return the notification of a silent machine, None where the job wants none.

    Args:
        job: the job.
        machine: what people need to know of what the job runs on.
        heartbeat_at: when its last heartbeat came.
        now: the time of the check.
    """
    if not should_notify(MessageKind.SILENT, job.notify):
        return None
    name, ends_at = job.training_job_name, silent_until(job.liveness_timeouts, heartbeat_at)
    silent_seconds = int((now - heartbeat_at).total_seconds())
    left_seconds = max(0, int((ends_at - now).total_seconds()))
    named = ", ".join(one.describe() for one in machine.resources)
    return make_message(
        MessageKind.SILENT,
        name,
        "its machine is silent",
        (
            f"The machine of the job {name}, {named}, has been silent since"
            f" {readable_time(heartbeat_at)}: its runner sends a heartbeat every five minutes, and"
            f" none has come for {duration(silent_seconds)}. AWS reports no failed status check of"
            " it, so it may be busy or offline, and go on with its training.",
            f"It is ended at {readable_time(ends_at)}, in {duration(left_seconds)}, as"
            " INSTANCE_LOST, unless it speaks again or a limit comes first. What its runner has"
            f" uploaded so far is in {job.folder.results_uri}; what only its disk holds is kept"
            " then, and billed, for the time that the message of its end names.",
            f"{_log_lines(machine)}"
            "To end it now:\n"
            f"  parris stop {job.job_id}\n"
            "To allow the next run more time: silence-timeout-seconds in its config.",
            f"Run: {job.job_id} of the deployment {job.deployment}, started by {job.started_by}\n"
            f"  {execution_url(job.execution_arn)}",
        ),
    )


def _log_lines(machine: Guide) -> str:
    commands = "".join(f"  {one}\n" for one in machine.log_commands)
    return f"To see what it says:\n{commands}" if commands else ""
