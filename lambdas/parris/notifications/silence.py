"""The notification of a silent machine, which is sent once per silence.

Silence alone does not end the job. A person may know whether the machine is busy or should end.
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
    """Return the notification of a silent machine, or None if the job does not want it.

    Args:
        job: the job.
        machine: describes what the job runs on.
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
            f" {readable_time(heartbeat_at)}: its runner sends a heartbeat every five minutes, but"
            f" none has arrived for {duration(silent_seconds)}. AWS reports no failed status check,"
            " so the machine may be busy or offline, and still be training.",
            f"Unless it sends a heartbeat or a limit comes first, the job ends as INSTANCE_LOST at"
            f" {readable_time(ends_at)}, in {duration(left_seconds)}. The results that were"
            f" uploaded so far are in {job.folder.results_uri}. The disk with all others is then"
            " kept and billed; the notification of the end says for how long.",
            f"{_log_lines(machine)}"
            "To end it now:\n"
            f"  parris stop {job.job_id}\n"
            "To allow the next run more time, set silence-timeout-seconds in its config.",
            f"Run: {job.job_id} of the deployment {job.deployment}, started by {job.started_by}\n"
            f"  {execution_url(job.execution_arn)}",
        ),
    )


def _log_lines(machine: Guide) -> str:
    commands = "".join(f"  {one}\n" for one in machine.log_commands)
    return f"To see its console output:\n{commands}" if commands else ""
