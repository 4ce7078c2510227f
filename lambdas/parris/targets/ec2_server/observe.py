"""Observes a job on its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES, SELF_SHUTDOWN
from parris.policy import MachineState, Observation
from parris.targets.ec2_server.handover import find_ended
from parris.targets.ec2_server.names import server_of
from parris.targets.ec2_server.spec import is_dev_mode
from parris.targets.runner_reports import RunnerReports
from parris.termination.exit_report import EndedBy

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.targets.ec2_server.handover import EndedOnServer
    from parris.termination.exit_report import ExitReport

_LOSSES = {
    "server-restarted": "the server was restarted while the job ran",
    "killed": "the runner was killed on the server",
    "exited": "the runner ended without an exit report",
}
_ALIVE = (MachineState.STARTING, MachineState.RUNNING)


def observe(
    aws: ServerGateways,
    job: Job,
    machine_id: str,
    launched_at: datetime,
    reported_state: str | None,
) -> Observation:
    """Check the lease and the server first, then what the server and the runner have written.

    In this order, a runner that finishes in between counts.
    """
    server_id = server_of(machine_id) or ""
    lease = aws.leases.find(server_id)
    if lease.is_waiting(machine_id):
        return Observation(MachineState.STARTING, launched_at)
    server = aws.servers.find(server_id)
    ended = find_ended(aws, server_id, machine_id)
    reports = RunnerReports(aws.bucket, job)
    report = reports.exit_report()
    signs = reports.signs_of_life(report)
    states = ["terminated" if server is None else server.state, reported_state]
    machine = max(
        (MACHINE_STATES[state] for state in states if state is not None),
        key=list(MachineState).index,
    )
    if is_dev_mode(job) and machine is not MachineState.RUNNING and not signs.has_started:
        # A person starts it, for as long as the boot timeout.
        machine = MachineState.STARTING
    loss = ""
    if lease.holder_of(machine_id) is None:
        machine, loss = MachineState.OVER, "the lease of the server was taken away"
    elif ended is not None and machine in _ALIVE and not _says_how(report):
        machine, loss = MachineState.OVER, _loss_of(ended, report)
    return Observation(
        machine=machine,
        launched_at=launched_at,
        exit=report,
        did_shut_itself_down=_did_shut_itself_down(server),
        loss=loss,
        signs=signs,
    )


def _says_how(report: ExitReport | None) -> bool:
    """Return whether the report of the runner is the last one, and the script's own end."""
    return report is not None and report.is_final and report.ended_by is not EndedBy.SIGNAL


def _loss_of(ended: EndedOnServer, report: ExitReport | None) -> str:
    if report is not None:
        return ""
    return _LOSSES.get(ended.how, "")


def _did_shut_itself_down(server: Server | None) -> bool | None:
    if server is None or MACHINE_STATES[server.state] in _ALIVE or not server.state_reason:
        return None
    return server.state_reason == SELF_SHUTDOWN
