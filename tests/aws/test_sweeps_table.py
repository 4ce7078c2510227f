"""The sweeps table: a budget that is never passed, whatever is repeated."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from parris.aws.sweeps_table import SweepsTable
from parris.errors import AwsThrottledError
from parris.sweeps.settlement import Settlement
from parris.sweeps.sweep import StopReason, Sweep
from parris.sweeps.trial import Trial, TrialRun, TrialStatus
from tests.aws.clients import make_client
from tests.sweeps_table import SWEEPS_TABLE, make_sweeps_table

ID, EXECUTION = "iris-1", "arn:aws:states:us-east-1:123456789012:execution:parris-sweep:iris-1"


@pytest.fixture
def table(moto: None) -> SweepsTable:
    client = make_client("dynamodb")
    make_sweeps_table(client)
    return SweepsTable(client, SWEEPS_TABLE)


def a_sweep(**changed: Any) -> Sweep:
    return Sweep(
        **{
            "sweep_id": ID,
            "sweep_name": "iris",
            "execution_arn": EXECUTION,
            "started_at": "2031-05-01T12:00:00.000Z",
            "cost_limit_usd": Decimal("1.00"),
            "worst_usd": Decimal("0.40"),
            "longest_seconds": 3600,
            "trials": 5,
            "config_key": "sweeps/iris/iris-1/sweep.json",
            **changed,
        }
    )


def reserve(table: SweepsTable, number: int, run: int = 0) -> bool:
    at = "2031-05-01T12:00:00.000Z"
    return table.reserve(a_sweep(), TrialRun(number, run, f"job-{number}", f"arn-{number}", at))


def settle(table: SweepsTable, number: int, usd: str, **changed: Any) -> bool:
    trial = found(table, number)
    outcome = {"status": TrialStatus.SUCCEEDED, "spent_usd": Decimal(usd), **changed}
    return table.settle(ID, trial, Settlement(**outcome))


def found(table: SweepsTable, number: int) -> Trial:
    trial = table.find_trial(ID, number)
    assert trial is not None
    return trial


def budget(table: SweepsTable) -> tuple[Decimal, Decimal]:
    sweep = table.find(ID)
    assert sweep is not None
    return sweep.committed_usd, sweep.spent_usd


def test_a_sweep_is_opened_once_and_again_by_the_same_execution_only(table: SweepsTable) -> None:
    assert table.open(a_sweep(ends_by="2031-05-02T12:00:00.000Z"))
    assert table.open(a_sweep(trials=7))
    assert not table.open(a_sweep(execution_arn="arn-of-another"))
    assert table.find(ID) == a_sweep(ends_by="2031-05-02T12:00:00.000Z")
    assert table.open_sweeps() == {ID: EXECUTION}


def test_trials_are_reserved_as_long_as_the_budget_has_room(table: SweepsTable) -> None:
    table.open(a_sweep())
    assert [reserve(table, number) for number in range(3)] == [True, True, False]
    assert budget(table) == (Decimal("0.8"), Decimal("0"))
    assert table.find_trial(ID, 2) is None


def test_the_last_dollar_of_a_budget_can_be_reserved(table: SweepsTable) -> None:
    table.open(a_sweep(cost_limit_usd=Decimal("0.80")))
    sweep = a_sweep(cost_limit_usd=Decimal("0.80"))
    runs = [TrialRun(number, 0, "job", "arn", "at") for number in range(3)]
    assert [table.reserve(sweep, run) for run in runs] == [True, True, False]


def test_a_repeated_reservation_changes_nothing(table: SweepsTable) -> None:
    table.open(a_sweep())
    assert reserve(table, 0)
    assert reserve(table, 0)
    assert budget(table) == (Decimal("0.4"), Decimal("0"))


def test_a_settlement_gives_back_what_a_run_did_not_use_once(table: SweepsTable) -> None:
    table.open(a_sweep())
    reserve(table, 0)
    before = found(table, 0)
    assert settle(table, 0, "0.15", value=0.5, metrics={"loss": {"value": 0.5}})
    again = Settlement(status=TrialStatus.FAILED, spent_usd=Decimal("0.30"))
    assert not table.settle(ID, before, again)
    assert budget(table) == (Decimal("0.15"), Decimal("0.15"))
    trial = found(table, 0)
    assert (trial.status, trial.value, trial.spent_usd) == ("succeeded", 0.5, Decimal("0.15"))
    assert not trial.is_reserved
    assert reserve(table, 1)
    assert reserve(table, 2)


def test_another_run_of_a_trial_is_reserved_only_once_the_one_before_is_settled(
    table: SweepsTable,
) -> None:
    table.open(a_sweep())
    reserve(table, 0)
    assert not reserve(table, 0, run=2)
    assert budget(table) == (Decimal("0.4"), Decimal("0"))
    settle(table, 0, "0.10", status=TrialStatus.FAILED, reason="SCRIPT_FAILED")
    assert reserve(table, 0, run=1)
    trial = found(table, 0)
    assert (trial.runs, trial.settled, trial.status, trial.reason) == (2, 1, "running", None)
    settle(table, 0, "0.20")
    assert found(table, 0).spent_usd == Decimal("0.30")
    assert budget(table) == (Decimal("0.3"), Decimal("0.3"))


def test_a_stopped_sweep_reserves_nothing_and_keeps_its_first_reason(table: SweepsTable) -> None:
    assert table.stop(ID, StopReason.ABORTED) is None
    table.open(a_sweep())
    table.stop(ID, StopReason.STOP_REQUESTED)
    sweep = table.stop(ID, StopReason.ABORTED)
    assert sweep is not None
    assert sweep.stop_reason is StopReason.STOP_REQUESTED
    assert not reserve(table, 0)


def test_a_trial_waits_or_is_skipped_unless_it_has_had_a_run(table: SweepsTable) -> None:
    table.open(a_sweep())
    table.wait(ID, 0)
    assert found(table, 0).status is TrialStatus.WAITING
    table.skip(ID, 0, "no budget is left")
    assert (found(table, 0).status, found(table, 0).cause) == ("not-started", "no budget is left")
    reserve(table, 1)
    table.skip(ID, 1, "no budget is left")
    table.wait(ID, 1)
    assert found(table, 1).status is TrialStatus.RUNNING


def test_the_parameters_of_a_trial_never_change(table: SweepsTable) -> None:
    table.open(a_sweep())
    reserve(table, 0)
    assert table.set_parameters(ID, 0, {"depth": 3}) == {"depth": 3}
    assert table.set_parameters(ID, 0, {"depth": 4}) == {"depth": 3}


def test_all_trials_of_a_sweep_are_listed_in_the_order_of_their_numbers(table: SweepsTable) -> None:
    sweep = a_sweep(cost_limit_usd=Decimal(100))
    table.open(sweep)
    for number in (11, 2, 100, 0):
        table.reserve(sweep, TrialRun(number, 0, "job", "arn", "at"))
    assert [trial.number for trial in table.trials(ID)] == [0, 2, 11, 100]


def test_a_closed_sweep_is_no_longer_listed_as_open(table: SweepsTable) -> None:
    table.open(a_sweep())
    table.close(ID, "2031-05-01T13:00:00.000Z")
    table.close(ID, "2031-05-01T14:00:00.000Z")
    sweep = table.find(ID)
    assert sweep is not None
    assert sweep.closed_at == "2031-05-01T13:00:00.000Z"
    assert table.open_sweeps() == {}


def test_a_conflict_with_another_transaction_is_retried_by_the_state_machine(
    table: SweepsTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(**_: object) -> None:
        raise ClientError(
            {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
            },
            "TransactWriteItems",
        )

    table.open(a_sweep())
    monkeypatch.setattr(table._client, "transact_write_items", conflict)
    with pytest.raises(AwsThrottledError):
        reserve(table, 0)


def test_an_end_that_is_not_confirmed_stays_reserved_until_it_is(table: SweepsTable) -> None:
    table.open(a_sweep())
    reserve(table, 0)
    before = found(table, 0)
    for _ in range(2):
        table.give_up(ID, before, "its end is not confirmed")
    assert (found(table, 0).status, found(table, 0).is_reserved) == ("unconfirmed", True)
    sweep = table.find(ID)
    assert sweep is not None
    assert sweep.unconfirmed_usd == sweep.committed_usd == Decimal("0.4")
    # Whoever has read it before changes nothing.
    assert not table.settle(ID, before, Settlement(TrialStatus.SUCCEEDED, Decimal("0.10")))
    assert settle(table, 0, "0.10")
    sweep = table.find(ID)
    assert sweep is not None
    assert (sweep.unconfirmed_usd, sweep.committed_usd) == (Decimal(0), Decimal("0.10"))
    assert found(table, 0).status is TrialStatus.SUCCEEDED
