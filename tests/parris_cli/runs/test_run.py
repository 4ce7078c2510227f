"""A run as the index and the state of its workflow describe it."""

import dataclasses
from decimal import Decimal
from typing import Any

from parris.past_attempt import PastAttempt
from parris.payloads import Payload
from parris_cli.runs.run import Run
from tests.builders import EXECUTION_ARN, LAUNCHED_AT, a_job, after, some_limits


def running(state: Payload) -> Run:
    return Run.from_state("run-1", EXECUTION_ARN, after(-60), state, after(600))


def a_state(**changes: Any) -> Payload:
    launch = {"status": "running", "launched_at": "2026-11-20T12:00:00.000Z"}
    return {"job": a_job().to_payload(), "run": launch, **changes}


def test_before_its_config_is_accepted_only_its_id_is_known() -> None:
    run = Run.from_state("iris-20310501t080000-04f2", EXECUTION_ARN, LAUNCHED_AT, {}, after(5))
    assert (run.state, run.name, run.is_running) == ("checking", "iris", True)
    assert (run.runtime_seconds, run.cost_usd, run.owner) == (None, None, "unknown")


def test_a_running_run_is_counted_until_now() -> None:
    run = running(a_state())
    assert (run.state, run.owner, run.title) == ("training", "ada@example.com", "t3.micro")
    assert (run.runtime_seconds, run.time_limit_seconds) == (600, 3600)
    assert run.cost_usd == Decimal("0.0018")
    assert run.started_at == LAUNCHED_AT


def test_earlier_attempts_are_counted_too() -> None:
    past = PastAttempt(
        number=1,
        title="t3.micro",
        reason="INSTANCE_LOST",
        cause="",
        started_at="2026-11-20T10:00:00.000Z",
        ended_at="2026-11-20T11:00:00.000Z",
        runtime_seconds=3600,
        cost_usd="0.0104",
    )
    limits = some_limits(
        time_limit_seconds=3600, cost_limit_usd="0.9896", used_seconds=3600, used_usd="0.0104"
    )
    second = dataclasses.replace(a_job(limits=limits), past_attempts=(past,))
    run = running(a_state(job=second.to_payload()))
    assert (run.runtime_seconds, run.time_limit_seconds) == (4200, 7200)
    assert (run.cost_usd, run.cost_limit_usd) == (Decimal("0.0122"), Decimal(1))
    assert run.started_at is not None and run.started_at.hour == 10
    waiting = running({"job": second.to_payload()})
    assert (waiting.state, waiting.runtime_seconds) == ("launching", 3600)


def test_a_run_whose_end_is_recorded_costs_nothing_more() -> None:
    outcome = {"reason": "COMPLETED", "runtime_seconds": 90, "estimated_cost_usd": "0.0003"}
    run = running(a_state(outcome=outcome))
    assert (run.state, run.runtime_seconds) == ("cleaning up", 90)
    assert run.cost_usd == Decimal("0.0003")


def test_an_entry_of_the_index_is_a_run_that_has_ended() -> None:
    entry: Payload = {
        "job_id": "iris-1",
        "owner": "ada",
        "submitted_at": "2026-11-20T12:00:00.000Z",
        "training_job_name": "iris",
        "reason": "TIME_LIMIT",
        "runtime_seconds": 90,
        "estimated_cost_usd": "0.0123",
        "time_limit_seconds": 100,
        "metrics": '{"loss": {"value": 0.5, "step": 3}}',
    }
    run = Run.from_entry(entry)
    assert (run.state, run.is_running, run.cost_usd) == ("TIME_LIMIT", False, Decimal("0.0123"))
    value = run.to_json()
    assert value["metrics"] == {"loss": {"value": 0.5, "step": 3}}
    assert (value["reason"], value["estimated_cost_usd"]) == ("TIME_LIMIT", "0.0123")


def test_an_entry_of_an_early_version_has_no_more_than_its_id() -> None:
    run = Run.from_entry(
        {"job_id": "iris-1", "owner": "ada", "submitted_at": ""} | {"submitted_at": None}
    )
    assert (run.name, run.state, run.cost_usd) == ("iris-1", "ended", None)
