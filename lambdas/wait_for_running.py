"""State WaitForRunning: checks the launch once.

Reads `$.job`, `$.launch`, and `$.run` of the previous check. Clears wake and token in the jobs
table before the check. Records the machine's job there, so that events about the machine find the
job, and writes the files that the machine waits for, once. Returns `$.run`: `starting`;
`no-capacity` if the next offer is to be tried; `launch-again` if the launch state has more to do,
because the run has waited for its turn; or `running` as soon as PollTerminationCondition has
something to decide, because the machine runs, its script has already ended, a limit was reached, or
a stop was requested.
May raise ConfigInvalidError, CapacityUnavailableError, QuotaError, LaunchFailedError,
ResourceStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from parris.backoff import check_interval_seconds
from parris.entrypoint import Deps, lambda_handler, logger
from parris.errors import CapacityUnavailableError, QuotaError
from parris.job import Job
from parris.late_launch import refuse_if_too_late
from parris.launch_progress import launch_progress
from parris.outage import retry_checks_until
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.timestamps import format_timestamp, parse_timestamp
from parris.waits import Wait, sleep_payload, sleep_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from parris.targets.target import LaunchObservation


def run(event: Payload, deps: Deps) -> Payload:
    """Return the progress of the launch."""
    state = part_of(event, "state")
    job = Job.from_payload(part_of(state, "job"))
    launch = part_of(state, "launch")
    now = parse_timestamp(text_in(event, "now"))
    created_at = parse_timestamp(text_in(launch, "created_at"))
    # First, so that an event during the check prevents the next sleep.
    item = deps.aws.jobs_table.begin_check(job.training_job_name, job.execution_arn)
    try:
        seen = deps.target(job.target).watch_launch(job, text_in(launch, "launch_id"), now)
    except (CapacityUnavailableError, QuotaError) as err:
        if not job.has_another_offer:
            raise
        logger.warning("no capacity, trying the next offer", extra={"cause": str(err)})
        return launch_progress("no-capacity", 1, 1, now)
    is_end_requested = item is not None and (
        item.is_stop_requested or item.superseded_by is not None
    )
    if seen.is_to_launch_again and not is_end_requested:
        return launch_progress("launch-again", 1, 1, now)
    waiting_seconds = int((now - created_at).total_seconds())
    interval_seconds = check_interval_seconds(waiting_seconds)
    seconds = interval_seconds
    # No event reports the machine, which a run that is to end must know.
    if item is not None and not is_end_requested:
        seconds = sleep_seconds(Wait.LAUNCH, waiting_seconds, item.reported, is_woken=item.is_woken)
    if (seen.launched_at is None or seen.is_pending) and not is_end_requested:
        # Nothing runs yet that a limit could end.
        limits = job.counted_from(now).limits
        refuse_if_too_late(limits)
        if limits.clock_time:
            seconds = min(seconds, limits.ends_at_seconds())
    answer = launch_progress("starting", interval_seconds, seconds, now, can_sleep=item is not None)
    if seen.machine_id is None or seen.launched_at is None:
        return answer
    job = job.counted_from(seen.launched_at)
    deps.aws.machines_table.note(seen.machine_id, job.training_job_name, job.execution_arn)
    steered = _steered(part_of(state, "run"), seen.machine_id)
    prefix = steered
    if steered is None and not seen.is_over and seen.identity is not None:
        prefix = deps.target(job.target).steer(job, seen.machine_id, seen.identity)
    job = job if prefix is None else job.on_machine(prefix)
    has_report = steered is not None and seen.has_runner
    has_exit = has_report and deps.aws.bucket.read(job.folder.exit_key) is not None
    due_at = seen.launched_at + timedelta(seconds=_due_seconds(job, seen, now, deps))
    is_due = now >= due_at and not seen.is_pending
    # Why a machine ended otherwise is the reason of the launch's failure.
    is_off = seen.is_over and seen.did_shut_itself_down
    if seen.is_complete or has_exit or is_end_requested or is_due or is_off:
        answer["status"] = "running"
    # Never later than the limit or the boot timeout, which also apply during the launch.
    if not seen.is_pending:
        until_due_seconds = ceil((due_at - now).total_seconds())
        answer["next_check_seconds"] = max(1, min(interval_seconds, until_due_seconds))
        answer |= sleep_payload(max(1, min(seconds, until_due_seconds)), now)
    return {
        **answer,
        "machine_id": seen.machine_id,
        "machine_prefix": prefix,
        "launched_at": format_timestamp(seen.launched_at),
        "carry": seen.carry,
        "retry_checks_until": format_timestamp(
            retry_checks_until(job.limits, seen.launched_at, now)
        ),
    }


def _due_seconds(job: Job, seen: LaunchObservation, now: datetime, deps: Deps) -> int:
    """Return when a timeout or limit could end the job, in seconds from launch.

    A launch may take longer than its machine takes to boot: a runner that has started by then has
    met the boot timeout. A machine that was not given its files has no runner.
    """
    ends_at_seconds, boot_seconds = job.limits.ends_at_seconds(), job.boot_timeout_seconds
    if not seen.has_runner:
        return ends_at_seconds
    is_booting = now < (seen.launched_at or now) + timedelta(seconds=boot_seconds)
    if is_booting or not job.machine_prefix:
        return min(ends_at_seconds, boot_seconds)
    has_started = deps.aws.bucket.written_at(job.folder.heartbeat_key) is not None
    has_started = has_started or deps.aws.bucket.written_at(job.folder.started_key) is not None
    return ends_at_seconds if has_started else min(ends_at_seconds, boot_seconds)


def _steered(run_before: Payload, machine_id: str) -> str | None:
    """Return the machine's prefix, or None if its files have not been written yet."""
    is_same = maybe_text_in(run_before, "machine_id") == machine_id
    return maybe_text_in(run_before, "machine_prefix") if is_same else None


handler = lambda_handler(run)
