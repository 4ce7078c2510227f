"""The two state machines whose mock cases every engine runs."""

import json
from dataclasses import dataclass
from typing import Any

from tests.architecture.definition import CLEANUP, DEFINITION
from tests.builders import EXECUTION_ARN
from tests.state_machine.mocks import CASES, CLEANUP_CASES, CLEANUP_NAME, MACHINE_NAME


@dataclass(frozen=True, slots=True)
class Suite:
    """One state machine and its cases."""

    name: str
    definition: dict[str, Any]
    cases: tuple[str, ...]
    execution_input: str

    def key_of(self, case: str) -> str:
        """Return the case's name in the ledger."""
        return f"{self.name}/{case}"


SUITES = (
    Suite(MACHINE_NAME, DEFINITION, tuple(CASES), "{}"),
    Suite(CLEANUP_NAME, CLEANUP, tuple(CLEANUP_CASES), json.dumps({"executionArn": EXECUTION_ARN})),
)
SUITE_OF_CASE = {suite.key_of(case): (suite, case) for suite in SUITES for case in suite.cases}
MOCK_CASES = tuple(SUITE_OF_CASE)
