"""Checks how far the end of a job on a server has come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.ec2.transition_reason import time_of_transition
from parris.policy import MachineState
from parris.targets.ec2_server.end_job import (
    is_job_gone,
    is_server_over,
    is_to_be_stopped,
)
from parris.targets.ec2_server.handover import find_ended, is_handed_over
from parris.targets.ec2_server.held import Held, find_held
from parris.targets.ec2_server.names import server_of
from parris.targets.runner_reports import RunnerReports
from parris.targets.saving_time import saves_until, saving_check_seconds
from parris.termination.ending import EndObservation, EndState, EndStep
from parris.waits import Wait

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.targets.ec2_server.lease import Holder
    from parris.termination.ending import Ending
    from parris.termination.exit_report import ExitReport

_AT_ONCE_SECONDS = 1
_LONGEST_SILENCE = timedelta(hours=1)
"""How long a service may take to say that nothing is left of a job that was withdrawn."""


def confirm_ended(aws: ServerGateways, job: Job, ending: Ending) -> EndObservation:
    """Check the lease, the server, and what the server says of the job."""
    held = find_held(aws, job, ending.launch_id)
    holder = None if held is None else held.holder
    server_id = held.server_id if held is not None else server_of(ending.launch_id or "")
    server = None if server_id is None else aws.servers.find(server_id)
    left = _left(aws, held, ending)
    reports = RunnerReports(aws.bucket, job)
    report = reports.exit_report()
    state = _end_state(aws, job, ending, held, server, left, report)
    is_over = held is not None and is_server_over(held, server)
    is_stopping = held is not None and is_to_be_stopped(held, server)
    return EndObservation(
        state=state,
        left=left,
        launched_at=None if holder is None else holder.launched_at,
        machine_ended_at=_ended_at(aws, held, server),
        exit=report,
        metrics=reports.last_metrics(report),
        next_check_seconds=_next_check_seconds(job, ending, state, held, server),
        # An event reports that the server has stopped, and none that a process has ended.
        wait=Wait.SAVING if is_stopping or ending.step is EndStep.SAVING else Wait.LEFTOVERS,
        is_machine_alive=holder is not None and not is_over,
        billed_seconds=_billed_seconds(job, ending, holder),
        details={} if server_id is None else {"server_id": server_id},
        note=(
            _silence_text(aws, server_id)
            if state is EndState.FAILED and server_id is not None
            else _note(aws, job, server_id, reports)
        ),
    )


def _left(aws: ServerGateways, held: Held | None, ending: Ending) -> tuple[str, ...]:
    if held is not None:
        return (held.machine_id,)
    launch_id = ending.launch_id or ""
    server_id = server_of(launch_id)
    if server_id is None or not is_handed_over(aws, server_id, launch_id):
        return ()
    return (launch_id,)


def _end_state(
    aws: ServerGateways,
    job: Job,
    ending: Ending,
    held: Held | None,
    server: Server | None,
    left: tuple[str, ...],
    report: ExitReport | None,
) -> EndState:
    if not left:
        return EndState.ENDED
    if held is None or held.holder is None or is_server_over(held, server):
        return EndState.END_AGAIN
    if ending.step is EndStep.SAVING:
        is_final = report is not None and report.is_final
        is_over = is_final or saves_until(job, ending).total_seconds() <= 0
        is_over = is_over or find_ended(aws, held.server_id, held.machine_id) is not None
        return EndState.END_AGAIN if is_over else EndState.ENDING
    if ending.step is not EndStep.DELETING:
        return EndState.END_AGAIN
    if is_to_be_stopped(held, server):
        is_off = server is not None and MACHINE_STATES[server.state] is MachineState.ENDING
        # A stop that had no effect is repeated.
        return EndState.ENDING if is_off else EndState.END_AGAIN
    if is_job_gone(aws, held):
        return EndState.END_AGAIN
    # Parris stops no server that somebody else has started.
    since = ending.step_since or ending.now
    return EndState.FAILED if ending.now - since > _LONGEST_SILENCE else EndState.ENDING


def _next_check_seconds(
    job: Job, ending: Ending, state: EndState, held: Held | None, server: Server | None
) -> int | None:
    if state is EndState.ENDING and ending.step is EndStep.SAVING:
        return saving_check_seconds(job, ending)
    if state is not EndState.END_AGAIN or held is None:
        return None
    is_alive = held.holder is not None and not is_server_over(held, server)
    # What was to be stopped and is not is stopped again after a pause.
    is_repeat = is_alive and ending.step is EndStep.DELETING and is_to_be_stopped(held, server)
    return None if is_repeat else _AT_ONCE_SECONDS


def _ended_at(aws: ServerGateways, held: Held | None, server: Server | None) -> datetime | None:
    """Return since when the server no longer runs for the job, as far as this is known."""
    if held is None or held.holder is None:
        return None
    if server is not None and is_server_over(held, server):
        return time_of_transition(server.transition_reason)
    ended = find_ended(aws, held.server_id, held.machine_id)
    return None if ended is None or is_server_over(held, server) else ended.at


def _billed_seconds(job: Job, ending: Ending, holder: Holder | None) -> int | None:
    """Return 0 for an attempt that has only waited, or whose server EC2 refused to start."""
    has_only_waited = ending.step is EndStep.NOTHING_TO_END and not job.machine_prefix
    is_refused = holder is not None and holder.start_failure is not None
    return 0 if has_only_waited or is_refused else None


def _silence_text(aws: ServerGateways, server_id: str) -> str:
    return (
        f"the service of the server {server_id}, which Parris has not started, does not say that"
        " nothing of the job runs any more. Restart the server: aws ec2 reboot-instances --region"
        f" {aws.settings.region} --instance-ids {server_id}. Its lease is released within a day"
    )


def _note(aws: ServerGateways, job: Job, server_id: str | None, reports: RunnerReports) -> str:
    if not job.machine_prefix or server_id is None or not reports.holds_unsaved_results():
        return ""
    ended = find_ended(aws, server_id, job.machine_id) if job.machine_id else None
    folder = "" if ended is None else ended.kept_folder
    where = f"the rest is in {folder} on {server_id}" if folder else "nothing else of it is kept"
    return (
        f"the results could not be verified: what was uploaded before is in the bucket, and {where}"
    )
