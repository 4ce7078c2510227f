"""A driver whose training containers do nothing, on either clock, until they are stopped."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_aws.context import current

_SIGTERM_CODE, _SIGKILL_CODE = 143, 137


@dataclass(frozen=True, slots=True)
class IdleContainers:
    """For `Settings.training_containers`.

    `exits_after_seconds` of the clock a container exits by itself with `exit_code`; None: never.
    `stop_seconds` pass between SIGTERM and its exit with `stop_exit_code`; None: it ignores
    SIGTERM. `log` is written at the start, and `writes` (path in `/opt/ml`, content) before each
    exit except after SIGKILL. `started` lists every container, in order.
    """

    exits_after_seconds: float | None = None
    exit_code: int = 0
    stop_seconds: float | None = 0.0
    stop_exit_code: int = _SIGTERM_CODE
    log: bytes = b""
    writes: Mapping[str, bytes] = field(default_factory=dict)
    started: "list[IdleContainer]" = field(default_factory=list)

    runs_processes = False

    def make_container(
        self, request: Mapping[str, Any], host: str, ml_folder: Path
    ) -> "IdleContainer":
        return IdleContainer(self, request, host, ml_folder)


class IdleContainer:
    """One container."""

    def __init__(
        self, behaviour: IdleContainers, request: Mapping[str, Any], host: str, ml_folder: Path
    ) -> None:
        self.behaviour = behaviour
        self.request = request
        self.host = host
        self.ml_folder = ml_folder
        self.is_hung = self.is_closed = False
        self._exiting = threading.Lock()
        self._on_exit: Callable[[int], None] | None = None

    def start(self, on_exit: Callable[[int], None]) -> None:
        self._on_exit = on_exit
        self.behaviour.started.append(self)
        self._exit_after(self.behaviour.exits_after_seconds, self.behaviour.exit_code)

    def ask_stop(self) -> None:
        if not self.is_hung:
            self._exit_after(self.behaviour.stop_seconds, self.behaviour.stop_exit_code)

    def kill(self) -> None:
        current().run_in_background(lambda: self.exit(_SIGKILL_CODE))

    def hang(self) -> None:
        self.is_hung = True

    def close(self) -> None:
        self.is_closed = True
        with self._exiting:
            self._on_exit = None

    def read_log(self, start: int = 0) -> bytes:
        return self.behaviour.log[start:]

    def _exit_after(self, seconds: float | None, code: int) -> None:
        if seconds is not None:
            current().run_in_background(lambda: self._sleep(seconds, code))

    def _sleep(self, seconds: float, code: int) -> None:
        current().sleep(seconds)
        if not self.is_hung:
            self.exit(code)

    def exit(self, code: int) -> None:
        """Exit now."""
        with self._exiting:
            on_exit, self._on_exit = self._on_exit, None
        if on_exit is None:
            return
        if code != _SIGKILL_CODE:
            for path, content in self.behaviour.writes.items():
                target = self.ml_folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        on_exit(code)
