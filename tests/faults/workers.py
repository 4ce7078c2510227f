"""Processes that try cells at the same time, each on its own site."""

import multiprocessing
import signal
import sys
import tempfile
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

from tests.faults.cells import Recorded, parse_cell
from tests.faults.scenarios import SCENARIOS
from tests.faults.site import Site, running_site
from tests.faults.try_cells import Verdict, record_runs, try_cells

# A deployment takes as long as a few cells; an account with thousands of dead jobs is slow.
_TASKS_OF_A_SITE = 10
_ENDS_WITHIN_SECONDS = 30.0
# New processes, not forks: an embedded AWS has threads, which a fork would lose.
_PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Trying:
    """Cells that are tried together, on one site at the same time."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """Scenarios whose undisturbed runs are recorded, on one site at the same time."""

    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found, by cell."""

    verdicts: dict[str, Verdict]


@dataclass(frozen=True, slots=True)
class Ran:
    """What was recorded, by scenario."""

    recorded: dict[str, Recorded]


@dataclass(frozen=True, slots=True)
class Broken:
    """A task that could not be tried, and why."""

    why: str


Task = Trying | Recording
Answer = Tried | Ran | Broken


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    line: Connection
    task: Task | None = None


def work_off(tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, Answer]]:
    """Do tasks in so many processes, and return each with its answer as it comes.

    When the caller is done, early or not, no process is left.
    """
    waiting, running = deque(tasks), list[_Worker]()
    try:
        while waiting or any(one.task is not None for one in running):
            idle = sum(one.task is None for one in running)
            running += [_start() for _ in range(min(workers - len(running), len(waiting) - idle))]
            for one in running:
                if one.task is None and waiting:
                    one.task = waiting.popleft()
                    one.line.send(one.task)
            ready = wait([one.line for one in running if one.task is not None])
            for one in [one for one in running if one.line in ready]:
                task, answer = one.task, _answer_of(one)
                if task is not None:
                    one.task = None
                    yield task, answer
            running = [one for one in running if not one.line.closed]
    finally:
        for one in running:
            _end(one)


def _answer_of(worker: _Worker) -> Answer:
    try:
        answer: Answer = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join(_ENDS_WITHIN_SECONDS)
        worker.line.close()
        return Broken(f"its process died, with status {worker.process.exitcode}")
    return answer


def _start() -> _Worker:
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_work, args=(theirs,), daemon=False)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.line.close()  # one that waits for a task ends by that
    if worker.task is not None:
        worker.process.terminate()
    worker.process.join(_ENDS_WITHIN_SECONDS)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _work(line: Connection) -> None:
    # Ctrl-C reaches every process of the terminal; the first one stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with suppress(EOFError):
        while True:
            _work_on_a_site(line, line.recv())


def _work_on_a_site(line: Connection, task: Task) -> None:
    """Answer a task and those that come after it, until the site is used up or broken."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running_site(Path(folder)) as site,
    ):
        for number in range(_TASKS_OF_A_SITE):
            if number:
                task = line.recv()
            try:
                answer = _do(site, task)
            except Exception:
                line.send(Broken(traceback.format_exc()))
                return
            line.send(answer)


def _do(site: Site, task: Task) -> Answer:
    if isinstance(task, Recording):
        return Ran(record_runs(site, [SCENARIOS[one] for one in task.scenarios]))
    tried = try_cells(site, [parse_cell(one) for one in task.cells])
    return Tried({str(cell): verdict for cell, verdict in tried.items()})


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
