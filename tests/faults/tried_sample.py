"""What became of a part of the sample, and what its jobs did."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from tests.faults.calls import CallKey
from tests.faults.rules import phase_of
from tests.faults.states import StateKey
from tests.faults.try_cells import Verdict


@dataclass(frozen=True, slots=True)
class TriedSample:
    """The verdicts, by cell, and all calls and states of its jobs."""

    verdicts: Mapping[str, Verdict]
    calls: Set[CallKey]
    states: Set[StateKey]

    def assert_right(self, cell: str) -> None:
        """Nothing is billed and the end is right, and nothing was skipped."""
        assert self.verdicts[cell] == Verdict(), f"alone: make faults CELLS={cell}"

    def assert_calls_have_phases(self) -> None:
        """Each call that was made has a phase, and so a rule."""
        assert {phase_of(call) for call in self.calls}
