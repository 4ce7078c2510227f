"""What runs, or simulates, the system of an instance: the interface behind `Settings.instances`.

EC2's side (states, events, billing, capacity) is the embedded AWS's own. What happens inside an
instance between its start and its end is a driver's. `embedded_aws.local_instance.driver` runs the
user data as local processes; another driver may simulate what the instance does.
"""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable


class InstanceSystem(Protocol):
    """The system of one instance, on or off."""

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called once it is off again, unless it was killed."""

    def ask_stop(self) -> None:
        """Request a shutdown, as StopInstances and TerminateInstances do."""

    def ask_reboot(self) -> None:
        """Request a reboot.

        Raises:
            NotModelledError: when this driver cannot do that.
        """

    def kill(self) -> None:
        """End it at once; returns when that is done."""

    def retire(self) -> None:
        """Release what a terminated instance no longer needs; its console can still be read."""

    def close(self) -> None:
        """Kill it and release everything; the embedded AWS is closing."""

    def read_console(self) -> bytes:
        """Return the console output so far."""


@runtime_checkable
class SimulatedSystem(InstanceSystem, Protocol):
    """A system without processes, which EC2 can lose and faults can hang."""

    def hang(self) -> None:
        """Stop everything, timers included, while EC2 still reports `running`."""

    def see_interruption(self) -> None:
        """Notice a spot interruption; a system of processes reads its instance metadata instead."""


class InstanceDriver(Protocol):
    """Makes the systems of instances."""

    @property
    def runs_processes(self) -> bool:
        """Whether systems are processes of this machine.

        Those need the real clock, and `Settings.machines_at_once` limits how many run at once.
        """

    def make_system(self, instance: Any) -> InstanceSystem:
        """Return the system of an instance that has user data; nothing happens before `start`.

        Args:
            instance: moto's model of the instance.
        """
