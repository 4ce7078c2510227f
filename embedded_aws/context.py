"""What every part of one running embedded AWS shares: its settings, its clock, its folder.

Moto's backends are process-wide, so one embedded AWS runs in a process at a time; the gap files,
which patch moto once and for all, find the running one through `current()`.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Settings:
    """How the embedded AWS behaves where AWS takes time or says no.

    `enforce_roles`: roles and users may do what their policies allow, and nothing else.
    `mock_config` is a MockConfigFile.json, whose cases `stateMachineArn#Case` then runs.
    """

    region: str = "us-east-1"
    account_id: str = "123456789012"
    stack_create_seconds: float = 3.0
    stack_delete_seconds: float = 2.0
    unavailable_instance_types: frozenset[str] = frozenset()
    enforce_roles: bool = True
    mock_config: Path | None = None


class Clock(Protocol):
    """The time that the embedded AWS lives by."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let that many seconds of this clock pass."""

    def call_later(self, delay_seconds: float, action: Callable[[], None]) -> None:
        """Run `action` on a thread of its own once that many seconds have passed."""


class RealClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Sleep for real."""
        time.sleep(seconds)

    def call_later(self, delay_seconds: float, action: Callable[[], None]) -> None:
        """Run `action` after a real delay, on a daemon thread."""
        timer = threading.Timer(delay_seconds, action)
        timer.daemon = True
        timer.start()


@dataclass(slots=True)
class Context:
    """One running embedded AWS.

    `closers` are run, last first, when it stops. `services` holds what a gap keeps for as long as
    it runs, under a name that the gap chooses.
    """

    settings: Settings
    clock: Clock
    folder: Path
    endpoint_url: str = ""
    closers: ExitStack = field(default_factory=ExitStack)
    is_closing: threading.Event = field(default_factory=threading.Event)
    services: dict[str, object] = field(default_factory=dict)

    def run_in_background(self, action: Callable[[], object]) -> None:
        """Run `action` at once, on a daemon thread of its own.

        What goes wrong once this AWS is closing was under way when it went, and is let go.
        """

        def run() -> None:
            try:
                action()
            except Exception:
                if not self.is_closing.is_set():
                    raise

        threading.Thread(target=run, daemon=True).start()


_current: list[Context] = []


def current() -> Context:
    """Return the embedded AWS that runs in this process.

    Raises:
        RuntimeError: when none runs.
    """
    if not _current:
        raise RuntimeError("no embedded AWS is running in this process")
    return _current[-1]


def enter(context: Context) -> None:
    """Make `context` the running one.

    Raises:
        RuntimeError: when another one runs in this process.
    """
    if _current:
        raise RuntimeError("an embedded AWS runs in this process already")
    _current.append(context)


def leave(context: Context) -> None:
    """Forget `context`."""
    _current.remove(context)
