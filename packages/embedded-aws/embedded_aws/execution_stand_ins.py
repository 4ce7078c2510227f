"""What executions do instead of the definition of their machine, where somebody chooses that.

A rehearsal of a thousand nested executions reduces most of them to a wait and a result.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StandIn:
    """A definition, and the input that it gets. The execution still shows its own of both."""

    definition: str
    input: str


class ExecutionStandIns(Protocol):
    """Chooses the stand-ins, for `Settings.execution_stand_ins`."""

    def stand_in_for(self, execution_arn: str, execution_input: str) -> StandIn | None:
        """Return what an execution that begins does instead, or None for its own definition."""
