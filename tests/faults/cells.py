"""The cells of the matrix: a run, one of its calls or states, and what goes wrong there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from embedded_aws.fault_injection.call_faults import CallFault
from tests.faults.calls import CallKey, rows_of
from tests.faults.columns import COLUMNS, Column, why_not
from tests.faults.rules import (
    FAILS_CLOSED,
    PASSING,
    RULES,
    Phase,
    Rule,
    phase_of,
    rule_of_blow,
)
from tests.faults.scenario import Scenario
from tests.faults.scenarios import SCENARIOS
from tests.faults.states import Blow, StateKey, why_no_blow


@dataclass(frozen=True, slots=True)
class CallCell:
    """A call that goes wrong. Its text is `scenario/caller/service:Operation/number/column`."""

    scenario: Scenario
    row: CallKey
    column_name: str

    @property
    def column(self) -> Column:
        """Return what goes wrong."""
        return COLUMNS[self.column_name]

    @property
    def lasts(self) -> bool:
        """Return whether the fault, or what belongs to the scenario, lasts."""
        return self.column.lasts or self.scenario.lasts

    @property
    def rule(self) -> Rule:
        """Return what the fault may change."""
        phase = phase_of(self.row)
        if self.column.lasts:
            return RULES[phase]
        is_unknown = self.column.fault is CallFault.UNKNOWN_STATUS
        return FAILS_CLOSED if is_unknown and phase is Phase.LAUNCHING else PASSING

    def __str__(self) -> str:
        return f"{self.scenario.name}/{self.row}/{self.column_name}"


@dataclass(frozen=True, slots=True)
class StateCell:
    """A state at which a run is struck. Its text is `scenario/machine/state/blow`."""

    scenario: Scenario
    row: StateKey
    blow: Blow

    @property
    def column_name(self) -> str:
        """Return what strikes."""
        return self.blow

    @property
    def lasts(self) -> bool:
        """Return whether what belongs to the scenario lasts."""
        return self.scenario.lasts

    @property
    def rule(self) -> Rule:
        """Return what the blow may change."""
        return rule_of_blow(self.row, self.blow, self.scenario.target)

    def __str__(self) -> str:
        return f"{self.scenario.name}/{self.row}/{self.blow}"


Cell = CallCell | StateCell


def bound_of(cell: Cell) -> timedelta:
    """Return how long after a job's submission all must hold."""
    bound = cell.rule.lasting_bound if cell.lasts else cell.rule.bound
    return bound + cell.scenario.longer


def parse_cell(text: str) -> Cell:
    """Return the cell that `str` has written."""
    name, _, rest = text.partition("/")
    row, _, column = rest.rpartition("/")
    if column in set(Blow):
        return StateCell(SCENARIOS[name], StateKey(*row.split("/")), Blow(column))
    return CallCell(SCENARIOS[name], CallKey.parse(row), column)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run did: its calls, and the states that it entered."""

    calls: tuple[CallKey, ...]
    states: tuple[StateKey, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells, and of those that cannot be how many for which reason."""

    calls: int
    states: int
    cells: tuple[Cell, ...]
    not_applicable: Mapping[str, int]


def matrix_of(recorded: Mapping[str, Recorded]) -> Matrix:
    """Return the matrix of what was recorded, by the name of the scenario."""
    calls, states = _call_rows(recorded), _state_rows(recorded)
    cells: list[Cell] = []
    skipped: Counter[str] = Counter()
    for scenario, call in calls:
        for name, column in COLUMNS.items():
            why = why_not(call, column)
            if why is None:
                cells.append(CallCell(scenario, call, name))
            else:
                skipped[why] += 1
    for scenario, state in states:
        for blow in Blow:
            why = why_no_blow(state, blow)
            if why is None:
                cells.append(StateCell(scenario, state, blow))
            else:
                skipped[why] += 1
    return Matrix(len(calls), len(states), tuple(cells), skipped)


def _call_rows(recorded: Mapping[str, Recorded]) -> list[tuple[Scenario, CallKey]]:
    """Return each kind of call with the first scenario that makes it, or to which it is new."""
    rows: list[tuple[Scenario, CallKey]] = []
    known: set[tuple[str, str]] = set()
    for name, run in recorded.items():
        scenario = SCENARIOS[name]
        rows += [
            (scenario, call)
            for call in rows_of(run.calls)
            if (call.caller, call.asks) not in known or call.caller in scenario.new_from
        ]
        known |= {(call.caller, call.asks) for call in run.calls}
    return rows


def _state_rows(recorded: Mapping[str, Recorded]) -> list[tuple[Scenario, StateKey]]:
    """Return each state with the first scenario of each target that enters it."""
    firsts: dict[tuple[StateKey, str], Scenario] = {}
    for name, run in recorded.items():
        scenario = SCENARIOS[name]
        for state in run.states:
            firsts.setdefault((state, scenario.target), scenario)
    return [(scenario, state) for (state, _), scenario in firsts.items()]


def unreached(recorded: Iterable[Recorded], states: Iterable[tuple[str, str]]) -> list[str]:
    """Return the states that no run entered."""
    entered = {state for run in recorded for state in run.states}
    return [f"{machine}/{name}" for machine, name in states if (machine, name) not in entered]
