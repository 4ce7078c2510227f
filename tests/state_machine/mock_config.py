"""`stateMachineArn#TestCase` runs a case of a MockConfigFile.json, as AWS's testing image does.

AWS itself refuses such an ARN; amazon/aws-stepfunctions-local does not. A Task that the case names
answers what the file says and calls nothing. Each answer is used once per invocation, counted for
each state over the whole execution, retries and loops included. moto has the machinery and no way
to switch it on, and counts anew each time that a state is entered.
"""

import functools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.stepfunctions.parser.api import (
    HistoryEventType,
    TaskFailedEventDetails,
    TaskTimedOutEventDetails,
)
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import mock_eval_utils
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.mocking.mock_config import (
    MockedResponse,
    MockedResponseReturn,
    MockedResponseThrow,
)
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.context import current
from embedded_aws.patching import wrap

_MOCK_FILE = "mock config"
_starting = threading.local()


class MockCaseError(JsonRESTError):
    """The case cannot be run; the message says what is there instead."""

    def __init__(self, message: str) -> None:
        """Answer 400."""
        super().__init__("ValidationException", message)


class MockCase:
    """One case of the file, for one execution: what each state answers to each invocation."""

    def __init__(self, answers: dict[str, list[MockedResponse]], name: str) -> None:
        """Take the answers by state, in the order of the file."""
        self.state_mocked_responses = answers
        self._name = name
        self._invocations: Counter[str] = Counter()
        self._counting = threading.Lock()

    def next_answer(self, state_name: str) -> MockedResponse:
        """Return what the state answers now; the next call returns the one after it."""
        with self._counting:
            number = self._invocations[state_name]
            self._invocations[state_name] += 1
        for answer in self.state_mocked_responses[state_name]:
            if answer.range_start <= number <= answer.range_end:
                return answer
        raise RuntimeError(
            f"case {self._name} has no mocked response for invocation {number} of {state_name}"
        )


@contextmanager
def mocked_aws(
    mock_file: Path, folder: Path, settings: Settings | None = None
) -> Iterator[EmbeddedAws]:
    """Run an embedded AWS that knows the cases of a MockConfigFile.json.

    Args:
        mock_file: the file, which is read at each start of an execution.
        folder: where machines and functions live.
        settings: the embedded AWS's own.
    """
    with EmbeddedAws(settings, folder=folder) as aws:
        _install()
        aws.context.services[_MOCK_FILE] = mock_file
        yield aws


def _install() -> None:
    wrap(StepFunctionsParserBackend, "start_execution", _make_start_execution)
    wrap(Execution, "_get_start_execution_worker", _make_worker)
    wrap(Environment, "get_current_mocked_response", _make_get_current)
    wrap(mock_eval_utils, "_eval_mocked_response_throw", _make_throw)


def read_case(path: Path, machine_name: str, case_name: str) -> MockCase:
    """Return a case of a MockConfigFile.json.

    Raises:
        MockCaseError: when the file, the machine, the case or one of its responses is not there or
            is not in AWS's format.
    """
    try:
        config = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MockCaseError(f"the mock config {path} cannot be read: {error}") from error
    machine = _named(config.get("StateMachines", {}), machine_name, "state machine", path)
    case = _named(machine.get("TestCases", {}), case_name, f"test case of {machine_name}", path)
    responses = config.get("MockedResponses", {})
    answers = {
        state: _answers(_named(responses, name, "mocked response", path), name)
        for state, name in case.items()
    }
    return MockCase(answers, case_name)


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> Any:
    """Parse a file once for all of its cases, which change nothing in it."""
    return json.loads(text)


def _named(found: dict[str, Any], name: str, what: str, path: Path) -> dict[str, Any]:
    if name not in found:
        names = ", ".join(sorted(found)) or "none"
        raise MockCaseError(f"no {what} is named '{name}' in {path.name}; there are: {names}")
    value: dict[str, Any] = found[name]
    return value


def _answers(response: dict[str, Any], name: str) -> list[MockedResponse]:
    return [_answer(numbers, answer, name) for numbers, answer in response.items()]


def _answer(numbers: str, answer: dict[str, Any], name: str) -> MockedResponse:
    first, _, last = numbers.partition("-")
    if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
        raise MockCaseError(f"'{numbers}' of {name} is neither a number nor a range like 0-2")
    span = int(first), int(last or first)
    match answer:
        case {"Return": result, **others} if not others:
            return MockedResponseReturn(*span, payload=result)
        case {"Throw": {"Error": str(error), "Cause": str(cause)}, **others} if not others:
            return MockedResponseThrow(*span, error=error, cause=cause)
    raise MockCaseError(
        f"'{numbers}' of {name} must have either Return, or Throw with Error and Cause"
    )


def _make_start_execution(original: Any) -> Any:
    def start_execution(self: Any, state_machine_arn: str, *args: Any, **kwargs: Any) -> Any:
        path = current().services.get(_MOCK_FILE)
        arn, mark, case_name = state_machine_arn.partition("#")
        if not isinstance(path, Path) or not mark:
            return original(self, state_machine_arn, *args, **kwargs)
        machine = self.describe_state_machine(arn)
        _starting.case = read_case(path, machine.name, case_name)
        try:
            return original(self, arn, *args, **kwargs)
        finally:
            _starting.case = None

    return start_execution


def _make_worker(original: Any) -> Any:
    def get_start_execution_worker(self: Any) -> Any:
        worker = original(self)
        worker._mock_test_case = getattr(_starting, "case", None)
        return worker

    return get_start_execution_worker


def _make_get_current(original: Any) -> Any:
    def get_current_mocked_response(self: Any) -> MockedResponse:
        answer: MockedResponse = self.mock_test_case.next_answer(self.next_state_name)
        return answer

    return get_current_mocked_response


def _make_throw(original: Any) -> Any:
    def throw(env: Any, mocked_response: Any) -> None:
        error, cause = mocked_response.error, mocked_response.cause
        is_timeout = error == "States.Timeout"
        details = (
            EventDetails(  # type: ignore[typeddict-item]
                taskTimedOutEventDetails=TaskTimedOutEventDetails(error=error, cause=cause)
            )
            if is_timeout
            else EventDetails(  # type: ignore[typeddict-item]
                taskFailedEventDetails=TaskFailedEventDetails(error=error, cause=cause)
            )
        )
        is_reserved = error.startswith("States.")
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName.from_name(error)
                if is_reserved
                else CustomErrorName(error),
                event_type=HistoryEventType.TaskTimedOut
                if is_timeout
                else HistoryEventType.TaskFailed,
                event_details=details,
            )
        )

    return throw
