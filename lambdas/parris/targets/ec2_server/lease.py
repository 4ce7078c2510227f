"""The lease of a server: the job that has it, and the requests that wait for it in a queue.

These are pure transitions. The table writes the lease that one returns only if nobody else has
changed it since it was read, so that any order of concurrent changes is an order of transitions.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parris.errors import ResourceBusyError

if TYPE_CHECKING:
    from datetime import datetime

_LONGEST_END = timedelta(minutes=30)
"""How long after its limit the end of a job is no reason for concern."""
LONGEST_QUEUE = 100
"""Requests. Their lease is one item of DynamoDB, which has at most 400 KB."""


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt of a job that needs the server.

    `machine_id` names it. `limit_seconds` is how long it may have the server at most, or None if
    the job has no limit.
    """

    execution_arn: str
    training_job_name: str
    machine_id: str
    attempt: int
    requested_at: datetime
    limit_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class StartFailure:
    """Why EC2 did not start the server: the code of its error, and its message."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The attempt that has the server.

    `since` is None until a server that was handed over is taken up. `is_started_by_us` says that
    Parris started the server, for this attempt or for one before it in an unbroken row. It is
    recorded before the call that starts the server: a function that fails in between leaves a
    server that may have been started, but never one that nobody stops. `own_launch_time` is EC2's
    launch time of that start, once it has been seen: a later start is somebody else's, and left
    alone. `is_stop_requested` is recorded before the call that stops the server.
    """

    request: Request
    since: datetime | None = None
    is_started_by_us: bool = False
    start_requested_at: datetime | None = None
    start_failure: StartFailure | None = None
    own_launch_time: datetime | None = None
    is_stop_requested: bool = False

    @property
    def launched_at(self) -> datetime | None:
        """Return since when the server runs for this attempt; None before it is taken up."""
        return self.start_requested_at or self.since

    @property
    def until(self) -> datetime | None:
        """Return when the attempt has released the server at the latest; None if unknown."""
        seconds, since = self.request.limit_seconds, self.launched_at
        return None if seconds is None or since is None else since + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Lease:
    """The lease of one server. `version` counts its changes."""

    server_id: str
    version: int = 0
    holder: Holder | None = None
    queue: tuple[Request, ...] = ()

    def runs_by_our_start(self, launched_at: datetime | None) -> bool:
        """Return whether a server with this launch time runs because Parris has started it.

        Args:
            launched_at: EC2's launch time of the server, or None if it does not run.
        """
        holder = self.holder
        if holder is None or launched_at is None or not holder.is_started_by_us:
            return False
        return holder.own_launch_time is None or launched_at <= holder.own_launch_time

    def holder_of(self, machine_id: str) -> Holder | None:
        """Return the holder if it is this attempt."""
        holder = self.holder
        return holder if holder is not None and holder.request.machine_id == machine_id else None

    def is_waiting(self, machine_id: str) -> bool:
        """Return whether this attempt waits in the queue."""
        return any(one.machine_id == machine_id for one in self.queue)

    @property
    def requests(self) -> tuple[Request, ...]:
        """Return all requests, that of the holder first."""
        return (*(() if self.holder is None else (self.holder.request,)), *self.queue)


def acquired(lease: Lease, request: Request, now: datetime, *, may_wait: bool) -> Lease:
    """Return the lease with this request: as the holder, or else at the end of the queue.

    A holder that was handed the server takes it up.

    Raises:
        ResourceBusyError: if another attempt has the server, and this one may not wait.
    """
    holder = lease.holder_of(request.machine_id)
    if holder is not None:
        return lease if holder.since else _with(lease, dataclasses.replace(holder, since=now))
    if lease.is_waiting(request.machine_id):
        return lease
    if lease.holder is None:
        return _with(lease, Holder(request, since=now))
    if not may_wait:
        raise ResourceBusyError(busy_text(lease, now))
    if len(lease.queue) >= LONGEST_QUEUE:
        raise ResourceBusyError(
            f"{busy_text(lease, now)}, and its queue is full: {LONGEST_QUEUE} requests wait"
        )
    return dataclasses.replace(lease, queue=(*lease.queue, request))


def start_requested(lease: Lease, machine_id: str, now: datetime) -> Lease:
    """Return the lease of a server that the holder is about to start.

    A repeated request changes nothing: an earlier one may have started it.
    """
    holder = lease.holder_of(machine_id)
    if holder is None or holder.start_requested_at is not None:
        return lease
    following = dataclasses.replace(
        holder, is_started_by_us=True, start_requested_at=now, own_launch_time=None
    )
    return _with(lease, following)


def started_by_other(lease: Lease, machine_id: str) -> Lease:
    """Return the lease of a server that somebody else had started when the holder requested it."""
    holder = lease.holder_of(machine_id)
    if holder is None:
        return lease
    return _with(lease, dataclasses.replace(holder, is_started_by_us=False))


def seen_running(lease: Lease, machine_id: str, launched_at: datetime) -> Lease:
    """Return the lease of a server that runs, with the launch time of its start by Parris."""
    holder = lease.holder_of(machine_id)
    if holder is None or not holder.is_started_by_us or holder.own_launch_time is not None:
        return lease
    return _with(lease, dataclasses.replace(holder, own_launch_time=launched_at))


def start_failed(lease: Lease, machine_id: str, failure: StartFailure) -> Lease:
    """Return the lease of a server that EC2 refused to start."""
    holder = lease.holder_of(machine_id)
    if holder is None:
        return lease
    return _with(lease, dataclasses.replace(holder, start_failure=failure))


def stop_requested(lease: Lease, machine_id: str, launched_at: datetime) -> Lease:
    """Return the lease of a server that is about to be stopped.

    Only what Parris has started is stopped, and only while no request waits for it.

    Args:
        lease: the lease.
        machine_id: the attempt that ends.
        launched_at: the launch time of the server, which each start changes.
    """
    holder = lease.holder_of(machine_id)
    if holder is None or lease.queue or not lease.runs_by_our_start(launched_at):
        return lease
    following = dataclasses.replace(holder, own_launch_time=launched_at, is_stop_requested=True)
    return _with(lease, following)


def released(
    lease: Lease, machine_id: str, heir: Request | None, *, runs_by_our_start: bool
) -> Lease:
    """Return the lease without this attempt.

    A server that still runs because Parris has started it is kept until it is stopped, if all who
    waited for it are dead.

    Args:
        lease: the lease.
        machine_id: the attempt that ends, or that no longer waits.
        heir: the first request of the queue whose run lives. Those before it are dropped.
        runs_by_our_start: whether the server runs, and nobody has started it but Parris.
    """
    holder = lease.holder_of(machine_id)
    if holder is None:
        waiting = tuple(one for one in lease.queue if one.machine_id != machine_id)
        return dataclasses.replace(lease, queue=waiting)
    if heir is None:
        kept = holder if runs_by_our_start else None
        return dataclasses.replace(lease, holder=kept, queue=())
    behind = lease.queue[lease.queue.index(heir) + 1 :]
    own = holder.own_launch_time if runs_by_our_start else None
    following = Holder(heir, is_started_by_us=runs_by_our_start, own_launch_time=own)
    return dataclasses.replace(lease, holder=following, queue=behind)


def busy_text(lease: Lease, now: datetime) -> str:
    """Return who has a server and until when, for people."""
    holder = lease.holder
    if holder is None:
        return f"the server {lease.server_id} is about to be handed over"
    until = holder.until
    waiting = f"; {len(lease.queue)} more wait for it" if lease.queue else ""
    name = holder.request.training_job_name
    if until is None:
        when = "and that has no limit"
    elif until + _LONGEST_END < now:
        when = f"which was to end by {_shown(until)}. If its service does not respond, restart it"
    else:
        when = f"until about {_shown(until)} at the latest"
    return f"the server {lease.server_id} is busy with the job {name}, {when}{waiting}"


def _shown(at: datetime) -> str:
    return f"{at:%H:%M} UTC on {at:%Y-%m-%d}"


def _with(lease: Lease, holder: Holder) -> Lease:
    return dataclasses.replace(lease, holder=holder)
