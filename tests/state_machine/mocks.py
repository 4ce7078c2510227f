"""The mock file, as AWS's testing image and the embedded engine read it, unfolded for tests."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOCK_FILE = Path(__file__).parent / "MockConfigFile.json"
MACHINE_NAME, CLEANUP_NAME = "parris-training", "parris-cleanup"

_CONFIG: dict[str, Any] = json.loads(MOCK_FILE.read_text())
CASES: dict[str, dict[str, str]] = _CONFIG["StateMachines"][MACHINE_NAME]["TestCases"]
CLEANUP_CASES: dict[str, dict[str, str]] = _CONFIG["StateMachines"][CLEANUP_NAME]["TestCases"]
RESPONSES: dict[str, dict[str, Any]] = _CONFIG["MockedResponses"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mocked state answers once: a payload, or an error."""

    state: str
    response: str
    answer: dict[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        """Return what the function answered."""
        payload: dict[str, Any] = self.answer["Return"]["Payload"]
        return payload

    def __str__(self) -> str:
        return f"{self.response}-of-{self.state}"


def answers_of(state: str, response: str) -> list[Answer]:
    """Return the answers of one response, one for each invocation."""
    found = []
    for numbers, answer in RESPONSES[response].items():
        first, _, last = numbers.partition("-")
        found += [Answer(state, response, answer)] * (int(last or first) - int(first) + 1)
    return found


def every_answer(kind: str) -> list[Answer]:
    """Return each different answer of that kind, `Return` or `Throw`, once."""
    used = {(state, name) for case in CASES.values() for state, name in case.items()}
    different = {
        json.dumps([one.state, one.answer]): one
        for state, name in sorted(used)
        for one in answers_of(state, name)
        if kind in one.answer
    }
    return list(different.values())
