"""A model of runs that share one server: its steps are those of the functions, with their faults.

The transitions of the lease are the code's own. Between two of them the model lets anything happen:
another run's step, a function that is cut short, a run that dies, and a person at the console.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from parris.errors import ResourceBusyError
from parris.targets.ec2_server.lease import (
    Lease,
    Request,
    acquired,
    released,
    seen_running,
    start_requested,
    started_by_other,
    stop_requested,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Phase(StrEnum):
    """How far a run is."""

    NEW = "new"
    WAITING = "waiting"
    HELD = "held"
    RECORDED = "recorded"
    RUNNING = "running"
    ENDING = "ending"
    STOPPING = "stopping"
    GONE = "gone"
    REFUSED = "refused"


OVER = (Phase.GONE, Phase.REFUSED)


@dataclass(frozen=True)
class Run:
    """A run: its number, whether it may wait, and whether its execution lives."""

    number: int
    may_wait: bool = True
    phase: Phase = Phase.NEW
    is_alive: bool = True
    is_repeated: bool = False

    @property
    def request(self) -> Request:
        name = f"run-{self.number}"
        return Request(name, name, f"i-1-{self.number:016x}", 1, NOW)


@dataclass(frozen=True)
class Server:
    """The server: the number of its starts, whether it is on, and whether a person started it."""

    starts: int = 0
    is_on: bool = False
    is_persons: bool = False
    is_doubtful: bool = False

    @property
    def launched_at(self) -> datetime:
        return NOW + timedelta(hours=self.starts)

    def started(self, *, by_person: bool) -> "Server":
        return Server(self.starts + 1, True, by_person, self.is_doubtful)


@dataclass(frozen=True)
class World:
    """The lease, the server, the runs, and what a person may still do."""

    lease: Lease
    server: Server
    runs: tuple[Run, ...]
    deaths: int = 1
    crashes: int = 0
    persons_acts: int = 0

    def with_run(self, run: Run, lease: Lease | None = None, **changes: object) -> "World":
        runs = tuple(run if one.number == run.number else one for one in self.runs)
        changed = dataclasses.replace(self, runs=runs, lease=lease or self.lease)
        return dataclasses.replace(changed, **changes)  # type: ignore[arg-type]

    @property
    def first_living_waiter(self) -> Request | None:
        living = {one.request.execution_arn for one in self.runs if one.is_alive}
        return next((one for one in self.lease.queue if one.execution_arn in living), None)


def a_world(*may_wait: bool, is_on: bool = False, **faults: int) -> World:
    """Return a world before anything has happened.

    Args:
        may_wait: for each run, whether it may wait.
        is_on: whether a person has started the server.
        faults: how often each kind of fault may happen, where not once or never.
    """
    runs = tuple(Run(number, waits) for number, waits in enumerate(may_wait, 1))
    server = Server(starts=1, is_on=True, is_persons=True) if is_on else Server()
    return World(Lease("i-1"), server, runs, **faults)


def steps_from(world: World) -> Iterator[tuple[str, World]]:
    """Yield every next step, by its name."""
    for run in world.runs:
        if run.phase in OVER:
            continue
        yield from _steps_of(world, run)
        if run.is_alive and world.deaths and run.phase is not Phase.NEW:
            dead = dataclasses.replace(run, is_alive=False, phase=Phase.ENDING)
            # Nobody can tell whether its last function has started the server.
            server = dataclasses.replace(
                world.server,
                is_doubtful=world.server.is_doubtful or run.phase is Phase.RECORDED,
            )
            left = world.deaths - 1
            yield f"die {run.number}", world.with_run(dead, deaths=left, server=server)
    if world.persons_acts:
        left = world.persons_acts - 1
        server = world.server
        changed = (
            dataclasses.replace(server, is_on=False)
            if server.is_on
            else server.started(by_person=True)
        )
        yield "person", dataclasses.replace(world, server=changed, persons_acts=left)


def _steps_of(world: World, run: Run) -> Iterator[tuple[str, World]]:
    number, machine_id, lease = run.number, run.request.machine_id, world.lease

    def at(phase: Phase) -> Run:
        return dataclasses.replace(run, phase=phase, is_repeated=False)

    match run.phase:
        case Phase.NEW | Phase.WAITING:
            try:
                after = acquired(lease, run.request, NOW, may_wait=run.may_wait)
            except ResourceBusyError:
                yield f"refused {number}", world.with_run(at(Phase.REFUSED))
                return
            is_held = after.holder_of(machine_id) is not None
            yield (
                f"acquire {number}",
                world.with_run(at(Phase.HELD if is_held else Phase.WAITING), after),
            )
        case Phase.HELD if world.server.is_on:
            yield f"use {number}", world.with_run(at(Phase.RUNNING))
        case Phase.HELD:
            after = start_requested(lease, machine_id, NOW)
            yield f"record {number}", world.with_run(at(Phase.RECORDED), after)
        case Phase.RECORDED:
            yield from _start(world, run, at(Phase.RUNNING))
            if world.crashes:
                again = dataclasses.replace(run, is_repeated=True)
                yield f"crash {number}", world.with_run(again, crashes=world.crashes - 1)
        case Phase.RUNNING:
            yield f"end {number}", world.with_run(at(Phase.ENDING))
        case Phase.ENDING:
            yield from _end(world, run)
        case Phase.STOPPING:
            server = world.server
            if server.is_on and lease.runs_by_our_start(server.launched_at):
                off = dataclasses.replace(server, is_on=False)
                yield f"stop {number}", world.with_run(run, server=off)
            else:
                yield from _release(world, run)
    if run.phase is Phase.WAITING:
        yield f"give up {number}", world.with_run(at(Phase.ENDING))


def _start(world: World, run: Run, running: Run) -> Iterator[tuple[str, World]]:
    lease, server = world.lease, world.server
    if server.is_on and not run.is_repeated:
        lease = started_by_other(lease, run.request.machine_id)
    elif server.is_on:
        # Nobody can tell whether the first call of the function has come to EC2.
        server = dataclasses.replace(server, is_doubtful=True)
    else:
        server = server.started(by_person=False)
    lease = seen_running(lease, run.request.machine_id, server.launched_at)
    yield f"start {run.number}", world.with_run(running, lease, server=server)


def _end(world: World, run: Run) -> Iterator[tuple[str, World]]:
    holder = world.lease.holder_of(run.request.machine_id)
    if holder is None or not world.server.is_on:
        yield from _release(world, run)
        return
    after = stop_requested(world.lease, run.request.machine_id, world.server.launched_at)
    found = after.holder_of(run.request.machine_id)
    if found is not None and found.is_stop_requested:
        stopping = dataclasses.replace(run, phase=Phase.STOPPING)
        yield f"record stop {run.number}", world.with_run(stopping, after)
    else:
        yield from _release(world, run)


def _release(world: World, run: Run) -> Iterator[tuple[str, World]]:
    heir = world.first_living_waiter
    is_ours = world.lease.runs_by_our_start(
        world.server.launched_at if world.server.is_on else None
    )
    after = released(world.lease, run.request.machine_id, heir, runs_by_our_start=is_ours)
    is_gone = after.holder_of(run.request.machine_id) is None
    following = dataclasses.replace(run, phase=Phase.GONE if is_gone else Phase.ENDING)
    yield f"release {run.number}", world.with_run(following, after)
