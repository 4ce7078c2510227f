"""What the execution answers and the run record keeps."""

from typing import Any

import pytest

from parris.payloads import part_of
from parris.targets.ec2_stack.describe import describe
from parris.termination.outcome import outcome_of, run_record
from parris.timestamps import format_timestamp
from tests.builders import LAUNCHED_AT, a_job, a_whole_rate, after


def at(seconds: float) -> str:
    return format_timestamp(after(seconds))


def a_state(**changes: Any) -> dict[str, Any]:
    state: dict[str, Any] = {
        "run": {"launched_at": at(0)},
        "launch": {"launch_id": "arn:stack"},
        "decision": {"cause": "the script exited with status 0"},
        "end": {"reason": "COMPLETED", "decided_at": at(610)},
        "cleanup": {"step": "deleting"},
        "confirmed": {
            "state": "ended",
            "target_details": {"stack_status": "DELETE_COMPLETE"},
            "left": [],
            "confirmed_at": at(900),
            "script_ended_at": at(600),
            "machine_ended_at": None,
            "exit_status": 0,
        },
    }
    return {**state, **changes}


def test_a_completed_job_has_its_time_and_cost() -> None:
    outcome = outcome_of(a_job(), a_state())
    assert outcome["reason"] == "COMPLETED"
    assert outcome["runtime_seconds"] == 660
    assert outcome["estimated_cost_usd"] == "0.0020"
    assert outcome["exit_status"] == 0
    assert outcome["results_uri"] == "s3://the-training-bucket/jobs/iris/run-1/results/"


def test_the_time_that_ec2_names_ends_the_bill() -> None:
    state = a_state()
    state["confirmed"]["machine_ended_at"] = at(605)
    assert outcome_of(a_job(), state)["runtime_seconds"] == 605


def test_a_job_without_a_report_is_billed_until_its_end_was_observed() -> None:
    state = a_state()
    state["confirmed"]["script_ended_at"] = None
    assert outcome_of(a_job(), state)["runtime_seconds"] == 900


def test_a_machine_ran_at_least_until_its_script_had_ended() -> None:
    # EC2 may give the time at which the end was requested.
    state = a_state()
    state["confirmed"]["machine_ended_at"] = at(590)
    assert outcome_of(a_job(), state)["runtime_seconds"] == 600
    state["confirmed"]["script_ended_at"] = at(10**6)
    assert outcome_of(a_job(), state)["runtime_seconds"] == 900


def test_a_machine_that_ended_in_its_first_second_costs_the_least_that_is_billed() -> None:
    state = a_state()
    state["confirmed"] |= {"machine_ended_at": at(0), "script_ended_at": None}
    state["confirmed"]["part_ends"] = {"volume": at(96)}
    outcome: Any = outcome_of(a_job(rate=a_whole_rate()), state)
    billed = {one["part"]: one["billed_seconds"] for one in outcome["cost_basis"]["components"]}
    assert billed == {"instance": 60, "volume": 96, "public IPv4": 60}
    assert float(outcome["estimated_cost_usd"]) > 0


def volume_seconds(**confirmed: Any) -> Any:
    state = a_state()
    state["confirmed"] |= {"machine_ended_at": at(605), **confirmed}
    basis: Any = outcome_of(a_job(rate=a_whole_rate()), state)["cost_basis"]
    (volume,) = (one for one in basis["components"] if one["part"] == "volume")
    return volume["billed_seconds"]


def test_a_volume_is_billed_until_it_was_recorded_as_deleted() -> None:
    assert volume_seconds(part_ends={"volume": at(620)}) == 620
    assert volume_seconds(part_ends={}) == 900


def test_a_volume_that_nobody_has_seen_go_costs_what_an_estimate_counts_at_least() -> None:
    assert volume_seconds(part_ends={}, state="failed") == 605 + 1200
    assert volume_seconds(part_ends={}, state="failed", confirmed_at=at(5000)) == 5000


def test_what_aws_says_that_it_bills_is_what_a_machine_costs() -> None:
    found = []
    for seconds in (None, 300, 0):
        state = a_state()
        state["confirmed"]["billed_seconds"] = seconds
        found.append(outcome_of(a_job(), state))
    assert [one["runtime_seconds"] for one in found] == [660, 660, 0]
    assert [bool(one["started_at"]) for one in found] == [True, True, False]
    bases = [part_of(one, "cost_basis") for one in found]
    assert [one["billed_seconds"] for one in bases] == [660, 300, 0]
    assert [one["estimated_cost_usd"] for one in found] == ["0.0020", "0.0009", "0.0000"]


def test_the_target_may_add_a_note_to_the_cause() -> None:
    state = a_state()
    state["confirmed"]["note"] = "there is no model"
    assert str(outcome_of(a_job(), state)["cause"]).endswith("; there is no model")


def test_a_failed_launch_costs_nothing_and_has_the_lambdas_message() -> None:
    state = a_state(
        run={},
        decision={},
        end={"reason": "LAUNCH_FAILED", "decided_at": at(5)},
        error={
            "Error": "LaunchFailedError",
            "Cause": '{"errorMessage": "no such subnet", "errorType": "LaunchFailedError"}',
        },
    )
    outcome = outcome_of(a_job(), state)
    assert (outcome["cause"], outcome["error"]) == ("no such subnet", "LaunchFailedError")
    assert outcome["runtime_seconds"] == 0
    assert outcome["estimated_cost_usd"] == "0.0000"


def test_a_job_that_no_error_ended_names_none() -> None:
    assert outcome_of(a_job(), a_state())["error"] is None


def test_what_could_not_be_confirmed_to_be_gone_is_a_failed_cleanup() -> None:
    state = a_state(confirmed={"state": "failed", "left": ["i-1"]})
    outcome = outcome_of(a_job(), state)
    assert outcome["reason"] == "CLEANUP_FAILED"
    assert "i-1" in str(outcome["cause"])
    assert "COMPLETED" in str(outcome["cause"])


def test_unverified_results_are_kept_and_the_cause_says_so() -> None:
    state = a_state(cleanup={"step": "kept", "kept": ["i-1", "vol-1"]})
    guide = describe(a_job(), ("i-1", "vol-1"))
    cause = str(outcome_of(a_job(), state, guide=guide)["cause"])
    assert "could not be verified" in cause
    assert "instance i-1 and volume vol-1 are kept" in cause


def test_the_record_says_who_ran_what() -> None:
    job = a_job()
    record = run_record(job, a_state(), outcome_of(job, a_state()))
    assert record["started_by"] == "ada@example.com"
    assert record["config"] == {"training-job-name": "iris"}
    assert record["script"] == {
        "filename": "train.sh",
        "source": "s3://the-training-bucket/train.sh",
        "sha256": "0" * 64,
    }


def test_the_job_began_when_its_machine_was_launched() -> None:
    assert LAUNCHED_AT.isoformat()[:19] in str(outcome_of(a_job(), a_state())["started_at"])


def test_a_kept_volume_still_costs_and_a_deleted_one_does_not() -> None:
    job = a_job(rate=a_whole_rate())
    for step in ("kept", "stopping", "part-kept"):
        assert outcome_of(job, a_state(cleanup={"step": step}))["kept_usd_per_month"] == "2.4000"
    assert outcome_of(job, a_state())["kept_usd_per_month"] is None


def test_the_cost_says_what_each_part_took_of_it() -> None:
    outcome = outcome_of(a_job(rate=a_whole_rate()), a_state())
    basis = outcome["cost_basis"]
    assert isinstance(basis, dict)
    assert isinstance(basis["components"], list)
    assert len(basis["components"]) == 3
    assert basis["billed_seconds"] == outcome["runtime_seconds"]


def test_a_kept_volume_is_named_with_what_to_do() -> None:
    state = a_state(cleanup={"step": "part-kept"})
    state["confirmed"]["left"] = ["vol-1"]
    cause = str(outcome_of(a_job(), state)["cause"])
    assert "vol-1 is kept" in cause
    assert "then delete it" in cause


def test_what_is_kept_is_named_with_until_when() -> None:
    state = a_state(cleanup={"step": "part-kept"})
    state["confirmed"] |= {"left": ["vol-1"], "kept": ["vol-1"], "keep_until": at(3600)}
    outcome = outcome_of(a_job(), state)
    assert (outcome["kept"], outcome["keep_until"]) == (["vol-1"], at(3600))


@pytest.mark.parametrize("step", ["kept", "part-kept"])
def test_the_cause_says_when_what_is_kept_is_deleted(step: str) -> None:
    state = a_state(cleanup={"step": step})
    state["confirmed"] |= {"left": ["vol-1"], "kept": ["vol-1"], "keep_until": at(3600)}
    cause = str(outcome_of(a_job(), state)["cause"])
    assert "until 2026-11-20 13:00:00 UTC, then deleted: " in cause
    assert "then delete " not in cause


def test_nothing_is_kept_where_all_was_deleted() -> None:
    outcome = outcome_of(a_job(), a_state())
    assert (outcome["kept"], outcome["keep_until"]) == ([], None)


def test_what_was_marked_as_kept_is_named_also_where_the_end_was_not_confirmed() -> None:
    kept = {"step": "part-kept", "kept": ["vol-1"], "keep_until": at(3600)}
    for confirmed in ({"state": "failed"}, {"state": "failed", "kept": ["vol-1"], "left": ["s"]}):
        outcome = outcome_of(a_job(), a_state(cleanup=kept, confirmed=confirmed))
        assert outcome["reason"] == "CLEANUP_FAILED"
        assert (outcome["kept"], outcome["keep_until"]) == (["vol-1"], at(3600))


def test_the_reason_is_the_one_that_is_known_at_the_end() -> None:
    state = a_state(end={"reason": "INSTANCE_LOST", "decided_at": at(610)})
    state["confirmed"]["revised"] = {"reason": "COMPLETED", "cause": "it exited with status 0"}
    outcome = outcome_of(a_job(), state)
    assert (outcome["reason"], outcome["cause"]) == ("COMPLETED", "it exited with status 0")


def test_a_failed_cleanup_says_with_what_the_last_checks_failed() -> None:
    error = {"Error": "AwsThrottledError", "Cause": '{"errorMessage": "slow down"}'}
    state = a_state(confirmed={"state": "failed"}, unconfirmed=error)
    cause = str(outcome_of(a_job(), state)["cause"])
    assert cause.endswith(
        'be confirmed: "unknown"; the last checks failed: AWS throttled a call for'
        " longer than it is repeated: slow down"
    )
