"""How the cleanup continues after a run that ended outside its workflow."""

from datetime import timedelta
from typing import Any

import pytest

from parris.payloads import Payload, part_of
from parris.recovery.abandoned_run import (
    AFTERMATH,
    EndedExecution,
    LastState,
    is_recorded,
    state_to_end,
)
from parris.timestamps import format_timestamp
from tests.builders import after

SINCE = after(700)
DEAD = EndedExecution("ABORTED", after(600), "by hand")


def to_end(name: str = "AwaitWakeOrNextCheck", /, **state: Any) -> Payload:
    whole = {"job": {"training_job_name": "iris"}, **state}
    return state_to_end(LastState(name, whole), DEAD, SINCE, "CreateStack")


def a_record(reason: str = "ABORTED", stopped_at: str | None = None) -> Payload:
    return {"outcome": {"reason": reason}, "execution_stopped_at": stopped_at}


def test_a_run_that_had_decided_on_nothing_is_aborted_at_the_time_of_its_end() -> None:
    state = to_end(decision={"reason": None, "cause": "", "runtime_seconds": 5})
    assert state["end"] == {
        "reason": "ABORTED",
        "decided_at": format_timestamp(after(600)),
        "execution_stopped_at": format_timestamp(after(600)),
        "ending_since": format_timestamp(SINCE),
        "failed_checks": {"wait_seconds": 0},
    }
    assert state["decision"] == {
        "reason": None,
        "cause": "the execution was stopped from outside the workflow: by hand",
        "runtime_seconds": 5,
    }


def test_a_reason_that_was_decided_on_and_its_cause_are_kept() -> None:
    decided_at = format_timestamp(after(590))
    state = to_end(
        decision={"cause": "ten hours are over"},
        end={"reason": "TIME_LIMIT", "decided_at": decided_at},
    )
    end = state["end"]
    assert isinstance(end, dict)
    assert (end["reason"], end["decided_at"]) == ("TIME_LIMIT", decided_at)
    assert state["decision"] == {"cause": "ten hours are over"}


def test_its_day_of_trying_begins_with_the_cleanup_not_with_the_runs_decision() -> None:
    end = to_end(end={"reason": "COMPLETED", "decided_at": format_timestamp(after(0))})["end"]
    assert isinstance(end, dict)
    assert end["ending_since"] == format_timestamp(SINCE)


@pytest.mark.parametrize(
    ("recorded", "goes_on_with"),
    [(None, "saving"), ("saving", "saving"), ("stopping", "saving"), ("deleting", "deleting")],
)
def test_what_is_stopped_is_checked_before_it_is_deleted(
    recorded: str | None, goes_on_with: str
) -> None:
    state = to_end(cleanup={} if recorded is None else {"step": recorded})
    assert state["cleanup"] == {"step": goes_on_with}


def test_what_was_confirmed_before_is_confirmed_again_and_what_was_seen_stays_known() -> None:
    assert "confirmed" not in to_end()
    ended_at = format_timestamp(after(590))
    confirmed = part_of(
        to_end(
            confirmed={"state": "ended", "left": ["i-1"], "machine_ended_at": ended_at},
            unconfirmed={"Error": "AwsThrottledError"},
        ),
        "confirmed",
    )
    assert confirmed["machine_ended_at"] == ended_at
    assert not {"state", "left", "confirmed_at"} & set(confirmed)


def test_a_run_that_died_in_create_stack_is_not_believed_about_its_stack() -> None:
    earlier = {"launch_id": "that-of-an-attempt-before"}
    assert "launch" not in to_end("CreateStack", launch=earlier)
    assert to_end("WaitForRunning", launch=earlier)["launch"] == earlier


def test_a_check_is_final_when_no_function_of_the_run_can_be_at_work() -> None:
    again_at = DEAD.final_check_at(after(601))
    assert again_at == after(600) + AFTERMATH
    assert not DEAD.is_final_check(again_at - timedelta(seconds=1))
    assert DEAD.is_final_check(again_at)


def test_a_run_that_nobody_remembers_is_long_over() -> None:
    forgotten = EndedExecution("FORGOTTEN", None, "")
    assert forgotten.is_final_check(SINCE)
    assert forgotten.final_check_at(SINCE) == SINCE


def test_a_record_of_this_end_stands() -> None:
    slept, recorded = LastState("AwaitWakeOrNextCheck", {}), LastState("RecordOutcome", {})
    assert is_recorded(a_record(stopped_at=format_timestamp(after(600))), slept, DEAD)
    assert is_recorded(a_record("COMPLETED"), recorded, DEAD)


def test_a_record_from_before_a_redrive_does_not() -> None:
    slept = LastState("AwaitWakeOrNextCheck", {})
    assert not is_recorded(a_record(stopped_at=format_timestamp(after(5))), slept, DEAD)
    assert not is_recorded(a_record("COMPLETED"), slept, DEAD)


def test_a_cleanup_that_failed_is_tried_again() -> None:
    recorded = LastState("RecordOutcome", {})
    assert not is_recorded(a_record("CLEANUP_FAILED"), recorded, DEAD)
