"""Lets a watcher see each state that an execution enters, and act at that time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_aws.context import current, is_running


@dataclass(frozen=True, slots=True)
class EnteredState:
    """A state that was just entered and has done nothing yet.

    `machine` is the name of the state machine, `execution_input` the execution's input; `waits` is
    true for a state that takes time by itself: a Wait, or a task that waits for its token.
    """

    name: str
    machine: str
    execution_arn: str
    execution_input: Any
    waits: bool
    environment: Any

    def time_out(self) -> None:
        """Let the execution's timeout expire."""
        self.environment.set_timed_out()


StateWatcher = Callable[[EnteredState], None]
_SERVICE = "state-watcher"


def watch_states(watcher: StateWatcher | None) -> None:
    """Set the watcher of states of the running embedded AWS; None removes it."""
    if watcher is None:
        current().services.pop(_SERVICE, None)
    else:
        current().services[_SERVICE] = watcher


def watcher_of_states() -> StateWatcher | None:
    """Return the watcher; None if there is none, or no embedded AWS is running."""
    found = current().services.get(_SERVICE) if is_running() else None
    return found if callable(found) else None
