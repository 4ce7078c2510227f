"""The cases of the cleanup go through all of its definition, and end where they are to end."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

import find_run
from parris.job import Job
from parris.recovery.abandoned_run import EndedExecution, LastState, Verdict
from parris.targets.registry import choose_target
from parris.targets.target import Target
from tests.architecture.definition import CLEANUP
from tests.builders import EXECUTION_ARN, LAUNCHED_AT, a_job
from tests.state_machine.choice_rules import rule_taken, target_of
from tests.state_machine.coverage import places_in, places_visited, rule_matching
from tests.state_machine.engine import Ran, run_all_cases, step_functions
from tests.state_machine.histories import Visit, visits_in
from tests.state_machine.mocks import CLEANUP_CASES, CLEANUP_NAME, Answer, answers_of

STATES: dict[str, dict[str, Any]] = CLEANUP["States"]
# The state in which each case ends, and text of its cause.
ENDS = {
    "RunEnded": ("RunEnded", ""),
    "RunLives": ("RunLives", ""),
    "OutcomeIsRecorded": ("RunEnded", ""),
    "NothingToEnd": ("NothingToEnd", ""),
    "Troubled": ("RunEnded", ""),
    "RunNotFound": ("RunNotFound", "states:DescribeExecution"),
    "CannotEnd": ("CleanupFailed", 'be confirmed: ["arn:aws:'),
    "CannotConfirm": ("CleanupFailed", "the last checks failed: a role lacks a permission: "),
    "OutcomeUnrecorded": ("OutcomeUnrecorded", "AwsDeniedError"),
}
FINDINGS = [
    answer
    for name in sorted({case["FindRun"] for case in CLEANUP_CASES.values()})
    for answer in answers_of("FindRun", name)
    if "Return" in answer.answer
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    with step_functions(tmp_path_factory.mktemp("step-functions")) as client:
        event = json.dumps({"executionArn": EXECUTION_ARN})
        return run_all_cases(client, CLEANUP_NAME, CLEANUP, CLEANUP_CASES, event)


@pytest.fixture(scope="module")
def visits(ran: Mapping[str, Ran]) -> list[Visit]:
    return [visit for one in ran.values() for visit in visits_in(one.events)]


def test_every_state_every_choice_and_every_error_was_gone_through(visits: list[Visit]) -> None:
    assert places_in(CLEANUP) - places_visited(CLEANUP, visits) == set()


def test_every_choice_and_every_task_led_where_its_rules_say(visits: list[Visit]) -> None:
    for visit in visits:
        state = STATES[visit.state]
        if state["Type"] == "Choice":
            assert visit.led_to == target_of(state, rule_taken(state, visit)), visit
        elif state["Type"] == "Task":
            error = visit.attempts[-1].error
            caught = None if error is None else rule_matching(state["Catch"], error)
            rule = state if caught is None else state["Catch"][caught]
            assert visit.led_to == rule["Next"], visit


@pytest.mark.parametrize("case", CLEANUP_CASES)
def test_a_case_ends_in_the_expected_state_with_the_expected_message(
    case: str, ran: Mapping[str, Ran]
) -> None:
    last, words = ENDS[case]
    found = ran[case]
    names = [visit.state for visit in visits_in(found.events)]
    assert names[-1] == last
    assert words in found.cause
    is_failed = STATES[last]["Type"] == "Fail"
    assert (found.status, found.error) == (
        ("FAILED", "CLEANUP_FAILED") if is_failed else ("SUCCEEDED", None)
    )


@pytest.mark.parametrize("case", CLEANUP_CASES)
def test_a_case_uses_each_of_its_answers_and_needs_no_other(
    case: str, ran: Mapping[str, Ran]
) -> None:
    visits = visits_in(ran[case].events)
    invoked: dict[str, int] = {}
    for visit in visits:
        if visit.attempts:
            invoked[visit.state] = invoked.get(visit.state, 0) + len(visit.attempts)
    mocked = {s: len(answers_of(s, name)) for s, name in CLEANUP_CASES[case].items()}
    assert invoked == mocked


@pytest.mark.parametrize("finding", FINDINGS, ids=str)
def test_what_is_found_is_what_the_handler_answers(finding: Answer) -> None:
    payload = finding.payload
    assert payload.keys() == real_finding().keys()
    assert payload["verdict"] in set(Verdict)
    if payload["verdict"] in (Verdict.TO_END, Verdict.RECORDED):
        real_state = real_finding()["state"]
        assert isinstance(real_state, dict)
        of_a_record = {"recorded_outcome", "is_end_unnotified"}
        assert payload["state"].keys() - of_a_record == real_state.keys()
        assert Job.from_payload(payload["state"]["job"])


def real_finding() -> dict[str, Any]:
    """Return what the handler answers for a run that was stopped while it slept."""
    state = {"job": a_job().to_payload(), "launch": {}, "run": {}, "decision": {}}
    executions = _Executions(LastState("AwaitWakeOrNextCheck", json.loads(json.dumps(state))))
    event = {
        "execution_arn": EXECUTION_ARN,
        "since": "2026-11-20T12:10:01.000Z",
        "now": "2026-11-20T12:10:02.000Z",
    }
    return find_run.run(dict(event), _Deps(executions))  # type: ignore[arg-type]


class _Executions:
    """Step Functions, in which one run is dead."""

    def __init__(self, last: LastState) -> None:
        self._last = last

    def find_end(self, execution_arn: str) -> EndedExecution:
        return EndedExecution("ABORTED", LAUNCHED_AT, "")

    def find_last_state(self, execution_arn: str) -> LastState:
        return self._last


class _Bucket:
    """An empty bucket."""

    def read_json(self, key: str) -> None:
        return None


class _Deps:
    """What FindRun works with, where the history is there."""

    settings = None

    def __init__(self, executions: _Executions) -> None:
        self.aws = self
        self.executions, self.bucket = executions, _Bucket()

    def once(self, make: object) -> None:
        """Give the target no gateways: only the name of its launch state is needed."""

    def target(self, name: str) -> Target:
        return choose_target(name, self, self.settings)  # type: ignore[arg-type]
