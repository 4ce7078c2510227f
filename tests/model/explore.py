"""Explores every reachable state of a model, with the shortest path to it."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from embedded_aws.speed.garbage import collecting_nothing

S = TypeVar("S", bound=Hashable)


class Explored(Generic[S]):
    """All states that can be reached from `start`, with the steps between them."""

    def __init__(self, start: S, steps_from: Callable[[S], Iterable[tuple[str, S]]]) -> None:
        self.steps: dict[S, list[tuple[str, S]]] = {}
        self._came_by: dict[S, tuple[str, S] | None] = {start: None}
        # Equal states are one object: a large state is compared and kept once.
        known = {start: start}
        due = deque([start])
        with collecting_nothing():
            while due:
                state = due.popleft()
                self.steps[state] = steps = []
                for name, after in steps_from(state):
                    count = len(known)
                    steps.append((name, known.setdefault(after, after)))
                    if len(known) > count:
                        self._came_by[after] = (name, state)
                        due.append(after)

    def way_to(self, state: S) -> str:
        """The shortest path, for readers of a failure."""
        names = []
        came_by = self._came_by[state]
        while came_by is not None:
            name, state = came_by
            names.append(name)
            came_by = self._came_by[state]
        return " > ".join(reversed(names))

    def that_reach(self, goals: Iterable[S], without: set[str]) -> set[S]:
        """The states from which a goal of `steps` can be reached without a step of those names."""
        with collecting_nothing():
            before: dict[int, list[S]] = {id(state): [] for state in self.steps}
            for state, steps in self.steps.items():
                for name, after in steps:
                    if name not in without:
                        before[id(after)].append(state)
            due = list(goals)
            reaching = {id(state): state for state in due}
            while due:
                for state in before[id(due.pop())]:
                    if id(state) not in reaching:
                        reaching[id(state)] = state
                        due.append(state)
            return set(reaching.values())
