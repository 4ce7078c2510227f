"""Explores every reachable state of a model, with the shortest path to it."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)


class Explored(Generic[S]):
    """All states that can be reached from `start`, with the steps between them."""

    def __init__(self, start: S, steps_from: Callable[[S], Iterable[tuple[str, S]]]) -> None:
        self.steps: dict[S, list[tuple[str, S]]] = {}
        self._came_by: dict[S, tuple[str, S] | None] = {start: None}
        due = deque([start])
        while due:
            state = due.popleft()
            self.steps[state] = list(steps_from(state))
            for name, after in self.steps[state]:
                if after not in self._came_by:
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
        """The states from which a goal can be come to without a step of those names."""
        before: dict[S, list[S]] = {state: [] for state in self.steps}
        for state, steps in self.steps.items():
            for name, after in steps:
                if name not in without:
                    before[after].append(state)
        reaching = set(goals)
        due = list(reaching)
        while due:
            for state in before[due.pop()]:
                if state not in reaching:
                    reaching.add(state)
                    due.append(state)
        return reaching
