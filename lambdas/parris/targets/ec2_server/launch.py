"""Takes the lease of a server for a job, starts the server, and watches it until it runs.

A run that waits in the queue of a server sleeps as every run does that waits for its launch. When
the server is handed to it, the launch state takes it up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.durations import duration
from parris.ec2.instance_states import MACHINE_STATES
from parris.ec2.refusals import refusal_error
from parris.errors import AwsUnavailableError, LaunchFailedError
from parris.policy import MachineState
from parris.targets.ec2_server.lease import (
    Lease,
    Request,
    StartFailure,
    acquired,
    seen_running,
    start_failed,
    start_requested,
    started_by_other,
)
from parris.targets.ec2_server.names import SERVICE_KEY, machine_id_of, server_of
from parris.targets.ec2_server.release import release, wake
from parris.targets.ec2_server.service_archive import service_archive
from parris.targets.ec2_server.spec import spec_of
from parris.targets.target import LaunchObservation

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.targets.ec2_server.lease import Holder
    from parris.targets.ec2_server.spec import Ec2ServerSpec

_STOPPED, _WRONG_STATE = "stopped", "IncorrectInstanceState"
_GONE = (None, "shutting-down", "terminated")
_LAG = timedelta(seconds=30)
"""How long EC2 may describe a server as stopped after it has accepted the start."""
_LONGEST_STOPPING = timedelta(minutes=30)


class ServerLauncher:
    """Takes servers for jobs. It never touches one that another attempt has."""

    def __init__(self, aws: ServerGateways) -> None:
        self._aws = aws

    def launch(self, job: Job, now: datetime) -> str:
        """Take the server or a place in its queue, and start it; return the attempt's name.

        Raises:
            ResourceBusyError: if another attempt has the server, and this one may not wait.
        """
        spec = spec_of(job)
        request = _request_of(job, now)
        # Only the last server is worth waiting for.
        may_wait = spec.may_wait and not job.has_another_offer

        def acquire(lease: Lease) -> Lease:
            return acquired(lease, request, now, may_wait=may_wait)

        _, lease = self._aws.leases.change(spec.server_id, acquire)
        if lease.holder_of(request.machine_id):
            self._take_up(spec, request, now)
        return request.machine_id

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Release the server, which does not run."""
        release(self._aws, job, launch_id)
        return True

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the lease, and the server once it is this attempt's.

        Raises:
            CapacityUnavailableError, QuotaError, LaunchFailedError: if EC2 did not start the
                server, with its reason, or the server or the lease is gone.
        """
        server_id = server_of(launch_id) or ""
        lease = self._aws.leases.find(server_id)
        holder = lease.holder_of(launch_id)
        if holder is None:
            if lease.is_waiting(launch_id):
                return _waiting(launch_id, now)
            raise LaunchFailedError(
                f"the request for the server {server_id} is gone: somebody has removed it"
            )
        if holder.start_failure is not None:
            raise _refusal(server_id, holder.start_failure)
        server = self._aws.servers.find(server_id)
        state = None if server is None else server.state
        if server is None or state in _GONE:
            raise LaunchFailedError(
                f"the server {server_id} was terminated before the job ran; Parris terminates none"
            )
        if holder.launched_at is None:
            return _to_be_taken_up(launch_id, now)
        if spec_of(job).is_dev_mode:
            return _observation(launch_id, holder, is_complete=True)
        if holder.start_requested_at is None:
            return _before_start(server, launch_id, holder, now)
        if state in (_STOPPED, "stopping") and now >= holder.start_requested_at + _LAG:
            raise _refusal(server_id, StartFailure(server.state_reason, _why_it_stopped(server)))
        # An unknown state is reported by PollTerminationCondition.
        is_running = _is_running(server)
        if is_running and holder.is_started_by_us and holder.own_launch_time is None:
            launched_at = server.launched_at
            self._aws.leases.change(
                server_id, lambda found: seen_running(found, launch_id, launched_at)
            )
        return _observation(launch_id, holder, is_complete=is_running)

    def _take_up(self, spec: Ec2ServerSpec, request: Request, now: datetime) -> None:
        """Start the server if it is stopped, or have the run check at once if there is no need."""
        self._write_service()
        server = None if spec.is_dev_mode else self._aws.servers.find(spec.server_id)
        if server is not None and server.state == _STOPPED:
            self._start(server, request.machine_id, now)
        elif spec.is_dev_mode or (server is not None and _is_running(server)):
            # No event is to come, since nothing changes.
            wake(self._aws, request)

    def _start(self, server: Server, machine_id: str, now: datetime) -> None:
        """Start the server, after recording that it is started."""
        aws, server_id = self._aws, server.server_id
        before, _ = aws.leases.change(
            server_id, lambda lease: start_requested(lease, machine_id, now)
        )
        holder = before.holder_of(machine_id)
        is_first = holder is not None and holder.start_requested_at is None
        found = aws.servers.start(server_id)
        if isinstance(found, StartFailure):
            if found.code == _WRONG_STATE:
                raise AwsUnavailableError(f"{server_id} is not stopped yet: {found.text}")
            failure = found
            aws.leases.change(server_id, lambda lease: start_failed(lease, machine_id, failure))
        elif is_first and found:
            aws.leases.change(server_id, lambda lease: started_by_other(lease, machine_id))

    def _write_service(self) -> None:
        """Write the program that runs on servers, which a server fetches before its next job.

        A server that runs already may have none yet, or that of an older deployment.
        """
        archive = service_archive(self._aws.settings.layers_root)
        if self._aws.bucket.read(SERVICE_KEY) != archive:
            self._aws.bucket.write(SERVICE_KEY, archive)


def _request_of(job: Job, now: datetime) -> Request:
    limits = job.limits
    is_limited = limits.runtime_limit_seconds is not None or limits.cost_limit_seconds is not None
    return Request(
        execution_arn=job.execution_arn,
        training_job_name=job.training_job_name,
        machine_id=machine_id_of(job, spec_of(job).server_id),
        attempt=job.attempt_number,
        requested_at=now,
        limit_seconds=limits.earliest_seconds() if is_limited else None,
    )


def _is_running(server: Server) -> bool:
    return MACHINE_STATES.get(server.state) is MachineState.RUNNING


def _before_start(
    server: Server, launch_id: str, holder: Holder, now: datetime
) -> LaunchObservation:
    """Return the observation of a server that Parris has had no reason to start so far."""
    state = MACHINE_STATES.get(server.state)
    if server.state == _STOPPED:
        return _to_be_taken_up(launch_id, now)
    if state is not MachineState.ENDING:
        return _observation(launch_id, holder, is_complete=state is MachineState.RUNNING)
    if holder.since is not None and now >= holder.since + _LONGEST_STOPPING:
        raise LaunchFailedError(
            f"the server {server.server_id} has been stopping for"
            f" {duration(int(_LONGEST_STOPPING.total_seconds()))}; force it to stop"
        )
    # Its service may still be there, and would take a job that ends with it.
    return _waiting(launch_id, now)


def _observation(launch_id: str, holder: Holder, *, is_complete: bool) -> LaunchObservation:
    return LaunchObservation(
        is_complete=is_complete,
        machine_id=launch_id,
        launched_at=holder.launched_at,
        carry={"is_started_by_us": holder.is_started_by_us},
        identity=launch_id,
    )


def _waiting(launch_id: str, now: datetime) -> LaunchObservation:
    """Return the observation of an attempt that waits for its turn, and costs nothing."""
    return LaunchObservation(
        is_complete=False, machine_id=launch_id, launched_at=now, identity=None, is_pending=True
    )


def _to_be_taken_up(launch_id: str, now: datetime) -> LaunchObservation:
    """Return the observation of a server that the launch state has to take up or to start."""
    return LaunchObservation(
        is_complete=False,
        machine_id=launch_id,
        launched_at=now,
        identity=None,
        is_pending=True,
        is_to_launch_again=True,
    )


def _why_it_stopped(server: Server) -> str:
    text = server.state_text or server.transition_reason or "EC2 gives no reason"
    return f"it fell back to {server.state}: {text}"


def _refusal(server_id: str, failure: StartFailure) -> Exception:
    text = failure.text
    if failure.code and failure.code not in text:
        text = f"{failure.code}: {text}"
    return refusal_error(f"the server {server_id} could not be started: {text}", [text])
