"""A driver whose instances run and do nothing, on either clock, until they are stopped."""

from collections.abc import Callable
from typing import Any

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults

_FORCED_OFF_SECONDS = 300


class IdleInstances:
    """For `Settings.instances`."""

    runs_processes = False

    def make_system(self, instance: Any) -> "IdleSystem":
        return IdleSystem()


class IdleSystem:
    """A system that shuts down at once on request; one that hangs is forced off later."""

    def __init__(self) -> None:
        self._is_hung = False
        self._console = b""

    def start(self, on_off: Callable[[], None]) -> None:
        self._on_off = on_off
        if faults().is_on(FaultKind.NEVER_BOOTS):
            self._is_hung, self._console = True, b"the system hangs"

    def ask_stop(self) -> None:
        current().run_in_background(self._go_off)

    def _go_off(self) -> None:
        if self._is_hung:
            current().sleep(_FORCED_OFF_SECONDS)
        self._on_off()

    def ask_reboot(self) -> None:
        pass

    def hang(self) -> None:
        self._is_hung = True

    def see_interruption(self) -> None:
        pass

    def kill(self) -> None:
        pass

    def retire(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read_console(self) -> bytes:
        return self._console
