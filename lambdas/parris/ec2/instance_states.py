"""What EC2's states of an instance mean, and the state reason of one that ended itself."""

from parris.errors import MachineStateUnknownError
from parris.policy import MachineState

SELF_SHUTDOWN = "Client.InstanceInitiatedShutdown"
"""EC2's state reason of an instance that its own system has ended."""


class _MachineStates(dict[str, MachineState]):
    def __missing__(self, state: str) -> MachineState:
        raise MachineStateUnknownError(f"EC2 returned the unknown instance state {state}")


MACHINE_STATES = _MachineStates(
    {
        "pending": MachineState.STARTING,
        "running": MachineState.RUNNING,
        "stopping": MachineState.ENDING,
        "shutting-down": MachineState.ENDING,
        "stopped": MachineState.OVER,
        "terminated": MachineState.OVER,
    }
)
"""The meaning of EC2's instance states. An unknown one raises MachineStateUnknownError."""
