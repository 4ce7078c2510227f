"""A trial whose end is never confirmed: it stays reserved, and nobody waits for it for ever."""

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

import end_sweep
import reap_orphans
import record_sweep
import reserve_trial
import settle_trial
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import Payload, part_of
from parris.sweeps.sweep import Sweep
from parris.sweeps.trial import TrialRun
from parris.timestamps import format_timestamp, parse_timestamp
from tests.builders import a_job
from tests.handlers.conftest import put_json
from tests.handlers.server_runs import an_execution
from tests.sweeps_table import SWEEPS_TABLE

ID, RESERVED_AT, NOW = "iris-1", "2031-05-01T12:00:00.000Z", "2031-05-01T12:10:00.000Z"
EXECUTIONS = "arn:aws:states:us-east-1:123456789012:execution"
SWEEP = Sweep(
    sweep_id=ID,
    sweep_name="iris",
    execution_arn=f"{EXECUTIONS}:parris-sweep:{ID}",
    started_at=RESERVED_AT,
    cost_limit_usd=Decimal("1.00"),
    worst_usd=Decimal("0.60"),
    longest_seconds=3600,
    trials=2,
    config_key="sweeps/iris/iris-1/sweep.json",
)
CONFIG: Payload = {
    "sweep-name": "iris",
    "training": {"instance-type": "t3.micro"},
    "parameters": {"x": {"type": "integer", "minimum": 0, "maximum": 1}},
    "search": {"method": "grid"},
    "budget": {"cost-limit": 1},
}
LONGEST_SECONDS = 26 * 3600


def begin(
    deps: Deps, aws: EmbeddedAws, arn: str = f"{EXECUTIONS}:parris-training:sweep-{ID}-0"
) -> None:
    """Open a sweep whose first trial is reserved, and whose execution nobody knows by default."""
    put_json(aws, SWEEP.config_key, CONFIG)
    deps.aws.sweeps_table.open(SWEEP)
    deps.aws.sweeps_table.reserve(SWEEP, TrialRun(0, 0, f"sweep-{ID}-0", arn, RESERVED_AT))


def begin_and_stop(deps: Deps, aws: EmbeddedAws) -> datetime:
    """Open a sweep as `begin` does, and return when the execution of its trial was stopped."""
    arn = an_execution(aws, f"sweep-{ID}-0", a_job())
    begin(deps, aws, arn)
    stopped: datetime = aws.client("stepfunctions").stop_execution(executionArn=arn)["stopDate"]
    return stopped


def settle(deps: Deps, waited_seconds: int) -> Payload:
    trial: Payload = {"sweep_id": ID, "number": 0, "run": 0, "waited": waited_seconds}
    return settle_trial.run({"trial": trial, "now": NOW}, deps)


def start_the_other(deps: Deps) -> Payload:
    trial: Payload = {"sweep_id": ID, "number": 1, "run": 0, "parameters": {"x": 1}}
    return reserve_trial.run({"trial": trial, "now": NOW}, deps)


def test_its_end_is_awaited_for_a_day_and_then_the_others_are_not_started(
    deps: Deps, aws: EmbeddedAws
) -> None:
    begin(deps, aws)
    assert settle(deps, LONGEST_SECONDS - 1)["next"] == "check"
    assert start_the_other(deps)["start"] == "wait"

    assert settle(deps, LONGEST_SECONDS) == {"next": "unknown"}
    assert settle(deps, LONGEST_SECONDS) == {"next": "unknown"}
    refused = start_the_other(deps)
    assert refused["start"] == "skip"
    assert "0.60 USD of the budget stay reserved for trials whose end" in str(refused["cause"])


def test_the_sweep_ends_as_cleanup_failed_and_names_what_may_still_run(
    deps: Deps, aws: EmbeddedAws
) -> None:
    begin(deps, aws)
    settle(deps, LONGEST_SECONDS)
    start_the_other(deps)
    ended = record_sweep.run({"sweep": {"sweep_id": ID}, "now": NOW}, deps)
    outcome = part_of(ended, "outcome")
    assert outcome["reason"] == "CLEANUP_FAILED"
    assert str(outcome["cause"]).endswith("stays reserved: 0 (job sweep-iris-1-0, 0.60 USD)")
    assert "may still run" in str(part_of(ended, "message")["body"])
    # It stays open, so that the reaper has it settled once that is possible.
    assert ID in deps.aws.sweeps_table.open_sweeps()


def test_the_reaper_too_awaits_the_end_of_a_job_for_a_day_after_that_of_its_execution(
    deps: Deps, aws: EmbeddedAws
) -> None:
    stopped = begin_and_stop(deps, aws)

    def unconfirmed_usd(seconds: int) -> Decimal:
        at = format_timestamp(stopped + timedelta(seconds=seconds))
        assert end_sweep.run({"sweep_id": ID, "now": at}, deps)["unsettled"] == 1
        sweep = deps.aws.sweeps_table.find(ID)
        assert sweep is not None
        return sweep.unconfirmed_usd

    assert unconfirmed_usd(LONGEST_SECONDS - 1) == 0
    assert unconfirmed_usd(LONGEST_SECONDS) == Decimal("0.60")


def test_a_later_settlement_closes_the_sweep(deps: Deps, aws: EmbeddedAws) -> None:
    begin(deps, aws)
    settle(deps, LONGEST_SECONDS)
    later = "2031-05-03T12:00:00.000Z"
    assert end_sweep.run({"sweep_id": ID, "now": later}, deps)["unsettled"] == 0
    sweep = deps.aws.sweeps_table.find(ID)
    assert sweep is not None
    assert sweep.unconfirmed_usd == sweep.reserved_usd == 0
    assert sweep.closed_at == later


def settle_late(deps: Deps, at: datetime) -> Payload:
    return end_sweep.run({"sweep_id": ID, "settles_only": True, "now": format_timestamp(at)}, deps)


def test_a_run_that_its_own_state_could_not_settle_is_settled_a_day_later_and_the_sweep_goes_on(
    deps: Deps, aws: EmbeddedAws
) -> None:
    stopped = begin_and_stop(deps, aws)
    assert start_the_other(deps)["start"] == "wait"
    sleep = {"sweep": {"S": ID}, "item": {"S": "wait#1"}, "task_token": {"S": "a-token"}}
    aws.client("dynamodb").put_item(TableName=SWEEPS_TABLE, Item=sleep)
    put_json(
        aws,
        f"jobs/sweep-{ID}-0/sweep-{ID}-0/record.json",
        {
            "outcome": {
                "reason": "COMPLETED",
                "estimated_cost_usd": "0.10",
                "runtime_seconds": 60,
            }
        },
    )

    settle_late(deps, stopped + timedelta(seconds=LONGEST_SECONDS - 1))
    assert start_the_other(deps)["start"] == "wait"
    assert deps.aws.sweeps_table.sleepers(ID) == {1: "a-token"}
    late = settle_late(deps, stopped + timedelta(seconds=LONGEST_SECONDS))
    assert late == {"sweep_id": ID, "is_closed": False, "unsettled": 0}
    assert deps.aws.sweeps_table.sleepers(ID) == {}
    assert start_the_other(deps)["start"] == "start"


def test_the_reaper_asks_for_late_settlements_of_sweeps_that_go_on(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    signals = deps.aws.sweep_signals
    monkeypatch.setattr(signals, "settle", lambda *request: asked.append(request))
    sweep = dataclasses.replace(SWEEP, execution_arn=an_execution(aws, "a-sweep", a_job()))
    deps.aws.sweeps_table.open(sweep)
    run = TrialRun(0, 0, "job", f"{EXECUTIONS}:parris-training:job", RESERVED_AT)
    deps.aws.sweeps_table.reserve(sweep, run)

    reap_orphans.run({"time": "2031-05-02T13:59:59Z"}, deps)
    assert asked == []
    reap_orphans.run({"time": "2031-05-02T14:00:00Z"}, deps)
    assert asked == [(ID, "2031-05-02T14:00:00Z")]


def test_a_late_run_whose_end_is_not_confirmed_holds_up_nobody(
    deps: Deps, aws: EmbeddedAws
) -> None:
    stopped = begin_and_stop(deps, aws)
    late = settle_late(deps, stopped + timedelta(seconds=LONGEST_SECONDS))
    assert late["unsettled"] == 1
    assert start_the_other(deps)["start"] == "skip"


def test_a_run_that_goes_on_is_left_alone(deps: Deps, aws: EmbeddedAws) -> None:
    arn = an_execution(aws, f"sweep-{ID}-0", a_job())
    begin(deps, aws, arn)
    settle_late(deps, parse_timestamp(NOW) + timedelta(days=30))
    sweep = deps.aws.sweeps_table.find(ID)
    assert sweep is not None
    assert sweep.stop_reason is None
    assert sweep.unconfirmed_usd == 0
    assert start_the_other(deps)["start"] == "wait"
