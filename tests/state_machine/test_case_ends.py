"""Every case of the mock file ends where it is to end, on the engine that runs them."""

from collections.abc import Mapping

import pytest

from tests.architecture.definition import STATES
from tests.state_machine.engine import Ran
from tests.state_machine.expected_ends import EXPECTED
from tests.state_machine.histories import visits_in
from tests.state_machine.mocks import CASES, answers_of


def test_every_case_of_the_mock_file_has_an_expected_end() -> None:
    assert list(sorted(CASES)) == sorted(EXPECTED)


@pytest.mark.parametrize("case", EXPECTED)
def test_a_case_ends_in_the_expected_state_with_the_expected_message(
    case: str, ran: Mapping[str, Ran]
) -> None:
    expected, found = EXPECTED[case], ran[case]
    names = [visit.state for visit in visits_in(found.events)]
    assert names[-1] == expected.last
    assert expected.past is None or expected.past in names
    assert found.error == expected.error
    assert expected.cause in found.cause
    assert found.status == {"Succeed": "SUCCEEDED", "Fail": "FAILED"}[STATES[names[-1]]["Type"]]


@pytest.mark.parametrize("case", [c for c in EXPECTED if EXPECTED[c].last == "JobEnded"])
def test_the_output_of_a_job_that_ended_is_its_recorded_outcome(
    case: str, ran: Mapping[str, Ran]
) -> None:
    recorded = answers_of("RecordOutcome", CASES[case]["RecordOutcome"])[-1]
    assert ran[case].output == recorded.payload["outcome"]


@pytest.mark.parametrize("case", CASES)
def test_a_case_uses_each_of_its_answers_and_needs_no_other(
    case: str, ran: Mapping[str, Ran]
) -> None:
    visits = visits_in(ran[case].events)
    invoked = {
        state: sum(len(visit.attempts) for visit in visits if visit.state == state)
        for state in CASES[case] | {visit.state: "" for visit in visits if visit.attempts}
    }
    mocked = {state: len(answers_of(state, name)) for state, name in CASES[case].items()}
    assert invoked == mocked
