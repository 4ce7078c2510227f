"""What the mock file answers is what the functions really answer."""

import json
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any

import pytest

from parris.costs.quote import quote_of
from parris.job import Job
from parris.notifications.end_of_job import end_message
from parris.reasons import EndReason
from parris.retention.retained import named_ids
from parris.targets.ec2_stack.describe import describe
from parris.termination.ending import EndState, EndStep
from parris.termination.outcome import outcome_of
from parris.waits import Wait
from tests.architecture.definition import LAMBDA_TASKS, STATES
from tests.architecture.test_state_machine_definition import AWS_ERRORS, OUR_ERRORS
from tests.state_machine.engine import Ran
from tests.state_machine.histories import visits_in
from tests.state_machine.mocks import Answer, every_answer
from tests.state_machine.real_responses import real_response

RETURNED = [one for one in every_answer("Return") if one.state in LAMBDA_TASKS]
THROWN = every_answer("Throw")
PYTHON_ERRORS = {"KeyError"}
CUT_SHORT = ("Sandbox.", "Runtime.")
OF_THE_TARGET = {"part_ends", "target_details"}
"""Objects whose keys are the target's own, as many as apply."""
WORDS: dict[tuple[str, str], type[StrEnum]] = {
    ("PollTerminationCondition", "reason"): EndReason,
    ("StopOrDeleteStack", "step"): EndStep,
    ("ConfirmEnded", "state"): EndState,
    ("ConfirmEnded", "waiting_for"): Wait,
}


def all_of(answers: list[Answer]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mocked", answers, ids=str)


def shape_of(value: Any) -> Any:
    """Return the keys of an object and the kinds of what is under them; null goes with any."""
    if isinstance(value, dict):
        return {
            key: "any" if key in OF_THE_TARGET else shape_of(inner) for key, inner in value.items()
        }
    return type(value).__name__


def fits(found: Any, real: Any) -> bool:
    if isinstance(found, dict) and isinstance(real, dict):
        return found.keys() == real.keys() and all(fits(found[k], real[k]) for k in found)
    return found == real or "NoneType" in (found, real)


@all_of(RETURNED)
def test_an_answer_has_what_the_result_selector_takes(mocked: Answer) -> None:
    for path in STATES[mocked.state]["ResultSelector"].values():
        assert path == "$.Payload" or path.removeprefix("$.Payload.") in mocked.payload


@all_of(RETURNED)
def test_an_answer_has_the_shape_of_what_the_handler_answers(mocked: Answer) -> None:
    found = shape_of(mocked.payload)
    real = shape_of(json.loads(json.dumps(real_response(mocked.state))))
    for job in (found, real, found.get("job"), real.get("job")):
        if isinstance(job, dict):
            job.pop("config", None)  # whatever the person wrote
    assert fits(found, real), (found, real)


@all_of([one for one in RETURNED if one.state in ("ValidateConfig", "CreateStack")])
def test_a_job_of_an_answer_is_a_job(mocked: Answer) -> None:
    payload = mocked.payload["job"]
    job = Job.from_payload(payload)
    if mocked.state == "ValidateConfig":
        assert mocked.payload["quote"] == json.loads(json.dumps(quote_of(job)))
    assert json.loads(json.dumps(job.to_payload())) == payload
    assert job == job.with_offer(job.attempt)


@all_of([one for one in RETURNED if "Unlisted" not in one.response])
def test_a_mocked_response_is_the_handlers_response(mocked: Answer) -> None:
    for (state, key), words in WORDS.items():
        if state == mocked.state and mocked.payload[key] is not None:
            words(mocked.payload[key])
    if mocked.state == "RecordOutcome":
        EndReason(mocked.payload["outcome"]["reason"])
    if mocked.state == "WaitForRunning":
        assert mocked.payload["status"] in ("starting", "no-capacity", "launch-again", "running")


@all_of(THROWN)
def test_an_error_has_the_form_of_lambda_or_the_service(mocked: Answer) -> None:
    error, cause = mocked.answer["Throw"]["Error"], mocked.answer["Throw"]["Cause"]
    if error in OUR_ERRORS | PYTHON_ERRORS:
        assert cause.startswith('{"errorMessage":')
        assert json.loads(cause)["errorType"] == error
    elif error.startswith(CUT_SHORT):
        assert json.loads(cause)["errorType"] == error
    else:
        assert AWS_ERRORS.match(error)
        assert not cause.startswith("{")


def test_outcome_and_message_are_what_record_outcome_makes_of_the_state_that_it_is_given(
    ran: Mapping[str, Ran],
) -> None:
    checked = 0
    for one in ran.values():
        visits = visits_in(one.events)
        for visit, after in pairwise(visits):
            if visit.state == "RecordOutcome" and after.state == "ShouldNotifyEnd":
                mocked, sent = after.data["outcome"], after.data["message"]
                state = visit.attempts[-1].parameters["Payload"]["state"]
                # The time of the decision is that of this run; the mock file has its own.
                state["end"]["decided_at"] = mocked["ended_at"]
                job = Job.from_payload(state["job"])
                guide = describe(job, named_ids(state))
                # What is in the bucket says which: the latest attempt with a machine, here.
                past = [one.machine_prefix for one in reversed(job.past_attempts)]
                prefix = next(filter(None, (job.machine_prefix, *past)), None)
                made = outcome_of(job, state, guide=guide, results_prefix=prefix)
                assert made == mocked
                message = end_message(job, state, mocked, guide)
                assert sent == (None if message is None else message.to_payload())
                checked += 1
    assert checked > 20
