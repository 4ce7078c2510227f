"""A record is corrected when something of its run is found and ended later."""

from typing import Any

import pytest

import record_outcome
from embedded_aws import EmbeddedAws
from find_run import run as find_run
from parris.entrypoint import Deps
from parris.payloads import Payload, part_of
from tests.builders import EXECUTION_ARN, a_job, a_whole_rate
from tests.handlers.conftest import ec2_of, put_json
from tests.handlers.test_ending import NOW
from tests.handlers.test_retention import Left
from tests.parris.test_outcome import a_state, at

FORGOTTEN: Payload = {"execution_arn": EXECUTION_ARN, "since": NOW, "now": NOW}
JOB = a_job(rate=a_whole_rate())


def a_record(**outcome: Any) -> dict[str, Any]:
    recorded = {
        "reason": "COMPLETED",
        "cause": "the script exited with status 0",
        "started_at": at(0),
        "ended_at": at(600),
        "runtime_seconds": 600,
        "estimated_cost_usd": "0.0010",
        "exit_status": 0,
        "kept": [],
        "results_uri": JOB.folder.results_uri,
        "record_uri": JOB.folder.record_uri,
        **outcome,
    }
    return {"started_by": "ada@example.com", "outcome": recorded}


def test_what_is_left_of_a_recorded_run_is_ended(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, JOB.folder.record_key, a_record())
    left = Left(aws)
    found = find_run(FORGOTTEN, deps)
    assert found["verdict"] == "to-end"
    assert part_of(part_of(found, "state"), "record") == a_record()
    # What is kept is not left.
    ec2_of(deps).instances.keep([left.instance_id, left.volume_id], "always")
    assert find_run(FORGOTTEN, deps)["verdict"] == "recorded"


def record_again(deps: Deps, record: Payload, **confirmed: Any) -> tuple[Payload, Payload]:
    state = a_state(job=JOB.to_payload(), record=record)
    state["confirmed"] |= {
        "machine_ended_at": at(7200),
        "part_ends": {"volume": at(7300)},
        **confirmed,
    }
    recorded = record_outcome.run({"state": state}, deps)
    written = deps.aws.bucket.read_json(JOB.folder.record_key)
    assert written is not None
    assert part_of(written, "outcome") == part_of(recorded, "outcome")
    assert written["started_by"] == "ada@example.com"
    return part_of(recorded, "outcome"), part_of(recorded, "message")


@pytest.mark.parametrize(
    "outcome",
    [
        {},
        {"reason": "CLEANUP_FAILED", "cause": "COMPLETED: the script exited with status 0"},
    ],
)
def test_the_record_says_when_it_ended_and_what_it_cost_really(
    deps: Deps, outcome: dict[str, str]
) -> None:
    corrected, message = record_again(deps, a_record(**outcome))
    assert corrected["reason"] == "COMPLETED"
    assert corrected["ended_at"] == at(7200)
    assert corrected["runtime_seconds"] == 7200
    assert corrected["estimated_cost_usd"] == "0.0381"
    assert corrected["exit_status"] == 0
    assert "found after the end of the job, and ended at" in str(corrected["cause"])
    assert "found after the end of the job" in str(message["body"])


def test_an_end_that_was_recorded_as_later_stays(deps: Deps) -> None:
    corrected, _ = record_again(deps, a_record(), machine_ended_at=at(500), script_ended_at=at(400))
    assert (corrected["ended_at"], corrected["estimated_cost_usd"]) == (at(600), "0.0010")


def test_what_cannot_be_ended_then_either_is_said(deps: Deps) -> None:
    corrected, message = record_again(deps, a_record(), state="failed", left=["i-1"])
    assert corrected["reason"] == "CLEANUP_FAILED"
    assert "i-1" in str(corrected["cause"])
    assert message["kind"] == "cleanup-failed"
