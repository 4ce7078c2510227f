"""Who sees each state that an execution enters, and may do something at that very moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_aws.context import current, is_running


@dataclass(frozen=True, slots=True)
class EnteredState:
    """A state that has just been entered, before it does anything.

    `machine` is the name of the state machine, `execution_input` what the execution began with;
    `waits` tells a state that takes time by itself: a Wait, or a task that waits for its token.
    """

    name: str
    machine: str
    execution_arn: str
    execution_input: Any
    waits: bool
    environment: Any

    def time_out(self) -> None:
        """Let the execution have run for as long as it may."""
        self.environment.set_timed_out()


StateWatcher = Callable[[EnteredState], None]
_SERVICE = "state-watcher"


def watch_states(watcher: StateWatcher | None) -> None:
    """Let a watcher see the states of the running embedded AWS from now on; None ends that."""
    if watcher is None:
        current().services.pop(_SERVICE, None)
    else:
        current().services[_SERVICE] = watcher


def watcher_of_states() -> StateWatcher | None:
    """Return who sees the states; None where nobody does, or nothing runs."""
    found = current().services.get(_SERVICE) if is_running() else None
    return found if callable(found) else None
