"""What the run index says of a run."""

import dataclasses

from parris.payloads import Payload
from parris.termination.run_entry import run_entry
from tests.builders import a_job

OUTCOME: Payload = {
    "reason": "TIME_LIMIT",
    "cause": "a text that may be long",
    "started_at": "2031-05-01T12:01:00.000Z",
    "ended_at": "2031-05-01T13:00:00.000Z",
    "runtime_seconds": 3540,
    "estimated_cost_usd": "0.0123",
    "record_uri": "s3://bucket/jobs/iris/iris-1/record.json",
}


def test_an_entry_says_who_ran_what_where_why_it_ended_and_what_it_cost() -> None:
    job = dataclasses.replace(a_job(), started_by="ada", submitted_at="2031-05-01T12:00:00.000Z")
    entry = run_entry(job, OUTCOME)

    assert entry["owner"] == "ada"
    assert entry["submitted_at"] == "2031-05-01T12:00:00.000Z"
    assert entry["is_guessed"] is False
    assert entry["target"] == job.target
    assert {key: entry[key] for key in OUTCOME if key != "cause"} == {
        key: value for key, value in OUTCOME.items() if key != "cause"
    }
    assert "cause" not in entry


def test_a_forgotten_run_is_sorted_by_its_start_or_its_end() -> None:
    job = dataclasses.replace(a_job(), started_by="unknown", submitted_at="")

    assert run_entry(job, OUTCOME)["submitted_at"] == OUTCOME["started_at"]
    never = run_entry(job, {**OUTCOME, "started_at": None})
    assert never["submitted_at"] == OUTCOME["ended_at"]
    assert never["is_guessed"] is True


def test_a_name_that_is_too_long_for_a_key_is_cut() -> None:
    job = dataclasses.replace(a_job(), started_by="é" * 5000)
    owner = str(run_entry(job, OUTCOME)["owner"])

    assert 0 < len(owner.encode()) <= 2048
    assert run_entry(dataclasses.replace(job, started_by=""), OUTCOME)["owner"] == "unknown"


def test_an_entry_has_the_limits_of_the_run() -> None:
    limits = dataclasses.replace(
        a_job().limits, time_limit_seconds=3600, clock_time="2031-05-02T16:00:00.000Z"
    )
    entry = run_entry(dataclasses.replace(a_job(), limits=limits), OUTCOME)
    assert entry["time_limit_seconds"] == 3600
    assert entry["clock_time"] == "2031-05-02T16:00:00.000Z"
