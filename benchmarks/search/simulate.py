"""Simulates one sweep: its workers run trials on a virtual clock, each suggestion is made anew."""

from __future__ import annotations

import heapq
import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.search.plan import DURATION_SHAPE
from parris.sweeps.search.observation import Observation
from parris.sweeps.search.searches import new_search

if TYPE_CHECKING:
    from benchmarks.search.plan import Load
    from benchmarks.search.tasks import Task
    from parris.sweeps.search.space import Assignment


@dataclass(frozen=True, slots=True)
class Outcome:
    """The regret of a sweep, and the processor time that a suggestion took on average."""

    regret: float
    suggest_seconds: float


def simulate(task: Task, method: str, load: Load, seed: int) -> Outcome:
    """Run one sweep."""
    sweep = _Sweep(task, method, seed)
    for number in range(min(load.workers, load.trials)):
        sweep.start(number, 0.0)
    for number in range(load.workers, load.trials + load.workers):
        now = sweep.end_next()
        if number < load.trials:
            sweep.start(number, now)
    return Outcome(sweep.regret(), sweep.seconds / load.trials)


class _Sweep:
    """The trials of a sweep that have ended, and those that run."""

    def __init__(self, task: Task, method: str, seed: int) -> None:
        self._task = task
        self._method = method
        self._seed = seed
        self._observed: dict[int, Observation] = {}
        self._true: dict[int, float] = {}
        self._running: dict[int, Assignment] = {}
        self._ends: list[tuple[float, int]] = []
        self.seconds = 0.0

    def start(self, number: int, now: float) -> None:
        """Suggest the parameters of a trial as the search function does, and start it."""
        began = time.process_time()
        search = new_search(self._method, self._task.space, self._seed, number)
        search.restore(self._observed[one] for one in sorted(self._observed))
        chosen = search.suggest([self._running[one] for one in sorted(self._running)])
        self.seconds += time.process_time() - began
        self._running[number] = chosen
        # The same for every method: how long trials take, and their noise.
        chance = random.Random(f"duration/{self._seed}/{number}")
        duration = chance.gammavariate(DURATION_SHAPE, 1 / DURATION_SHAPE)
        heapq.heappush(self._ends, (now + duration, number))

    def end_next(self) -> float:
        """End the trial that ends first, and return when."""
        now, number = heapq.heappop(self._ends)
        chosen = self._running.pop(number)
        true = self._task.function(chosen)
        value = None
        if true is not None:
            self._true[number] = true
            noise = random.Random(f"noise/{self._seed}/{number}").gauss(0, self._task.noise)
            value = true + noise
        self._observed[number] = Observation(chosen, value)
        return now

    def regret(self) -> float:
        """Return by how much the true value of the best reported trial misses the best."""
        reported = {at: one.value for at, one in self._observed.items() if one.value is not None}
        if not reported:
            return math.inf
        best = min(reported, key=lambda at: reported[at])
        return self._true[best] - self._task.best
