"""Ends a job on a server: lets its runner save, ends what is left of it, and releases the server.

The server is stopped if Parris has started it and no request waits for it. It is never terminated.
The lease is released last, so that nobody gets a server on which the job may still run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.policy import MachineState
from parris.targets.ec2_server.handover import (
    find_ended,
    is_acknowledged,
    is_handed_over,
    withdraw,
)
from parris.targets.ec2_server.held import Held, find_held
from parris.targets.ec2_server.lease import stop_requested
from parris.targets.ec2_server.names import server_of
from parris.targets.ec2_server.release import release
from parris.targets.perform_acts import perform_all
from parris.targets.runner_files import request_stop
from parris.targets.runner_reports import RunnerReports
from parris.targets.saving_time import saves_until
from parris.termination.ending import Act, ActKind, EndPlan, EndStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.termination.ending import Ending


class ServerEnder:
    """Ends jobs on servers. It only touches a server that the run has."""

    def __init__(self, aws: ServerGateways) -> None:
        self._aws = aws

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step: save, then end what is left, then release the server."""
        held = find_held(self._aws, job, ending.launch_id)
        if held is None:
            return self._plan_without_lease(ending)
        server = self._aws.servers.find(held.server_id)
        withdrawal = Act(ActKind.DELETE_PART, held.machine_id)
        final = Act(ActKind.RELEASE, held.machine_id)
        if held.holder is None:
            # It has only waited.
            return EndPlan(EndStep.NOTHING_TO_END, (final,))
        if is_server_over(held, server):
            return EndPlan(EndStep.RELEASED, (final,))
        if self._may_save(job, held, ending):
            return EndPlan(EndStep.SAVING, (Act(ActKind.STOP, held.machine_id),))
        if is_to_be_stopped(held, server):
            stop = Act(ActKind.TERMINATE, held.machine_id)
            return EndPlan(EndStep.DELETING, (withdrawal, stop))
        if is_job_gone(self._aws, held):
            return EndPlan(EndStep.RELEASED, (final,))
        return EndPlan(EndStep.DELETING, (withdrawal,))

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Make the plan's calls. A failed call stops no other."""
        calls: dict[ActKind, Callable[[str], None]] = {
            ActKind.STOP: lambda _: request_stop(self._aws.shared, job),
            ActKind.DELETE_PART: lambda one: withdraw(self._aws, server_of(one) or ""),
            ActKind.TERMINATE: self._stop,
            ActKind.RELEASE: lambda one: release(self._aws, job, one),
        }
        perform_all(plan.acts, lambda act: calls[act.kind](act.resource_id))

    def _plan_without_lease(self, ending: Ending) -> EndPlan:
        """Return the plan for what a late function may have handed over after the release."""
        launch_id = ending.launch_id or ""
        server_id = server_of(launch_id)
        if server_id is None or not is_handed_over(self._aws, server_id, launch_id):
            return EndPlan(EndStep.NOTHING_TO_END)
        return EndPlan(EndStep.DELETING, (Act(ActKind.DELETE_PART, launch_id),))

    def _stop(self, machine_id: str) -> None:
        """Stop the server, unless a request has come to wait for it, or somebody started it."""
        server_id = server_of(machine_id) or ""
        server = self._aws.servers.find(server_id)
        if server is None:
            return
        launched_at = server.launched_at
        _, lease = self._aws.leases.change(
            server_id, lambda found: stop_requested(found, machine_id, launched_at)
        )
        holder = lease.holder_of(machine_id)
        is_requested = holder is not None and holder.is_stop_requested
        if is_requested and lease.runs_by_our_start(launched_at):
            self._aws.servers.stop(server_id)

    def _may_save(self, job: Job, held: Held, ending: Ending) -> bool:
        """Return whether a runner is at work that has not reported its end yet."""
        if ending.step not in (None, EndStep.SAVING):
            return False
        has_begun = ending.step_since is not None or ending.launch_id is None
        if ending.step is EndStep.SAVING and has_begun and saves_until(job, ending) <= timedelta(0):
            return False
        if find_ended(self._aws, held.server_id, held.machine_id) is not None:
            return False
        reports = RunnerReports(self._aws.bucket, job)
        report = reports.exit_report()
        return reports.holds_unsaved_results() if report is None else not report.is_final


def is_server_over(held: Held, server: Server | None) -> bool:
    """Return whether nothing of the job can be running: the server is off, or was off meanwhile."""
    holder = held.holder
    if server is None or MACHINE_STATES[server.state] is MachineState.OVER:
        return True
    # Somebody has started it again since it was stopped.
    is_stopped = holder is not None and holder.is_stop_requested
    return is_stopped and not held.lease.runs_by_our_start(server.launched_at)


def is_to_be_stopped(held: Held, server: Server | None) -> bool:
    """Return whether the server is to be stopped before it is released.

    In developer mode, too: then Parris has started it for an earlier job, and nobody else stops it.
    """
    holder = held.holder
    if holder is None or server is None:
        return False
    if not held.lease.runs_by_our_start(server.launched_at):
        return False
    return holder.is_stop_requested or not held.lease.queue


def is_job_gone(aws: ServerGateways, held: Held) -> bool:
    """Return whether no process of the job is left on a running server, nor will be."""
    server_id, machine_id = held.server_id, held.machine_id
    if find_ended(aws, server_id, machine_id) is not None:
        return True
    # In this order: the server accepts a job, and then reads again whether it is still to run.
    if is_handed_over(aws, server_id, machine_id):
        return False
    return not is_acknowledged(aws, server_id, machine_id)
