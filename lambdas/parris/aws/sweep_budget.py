"""The transactions that keep a sweep's budget: to reserve a trial's run, and to settle it.

A third one records that nobody waits for a run's end any more.

Each writes the sweep's item and the trial's or neither, with conditions, so that a retry changes
nothing and the sum of what is spent and what is reserved never passes the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.sweep_items import PARTITION, sweep_key, trial_key
from parris.sweeps.trial import TrialStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.aws.transactions import Transactions
    from parris.sweeps.settlement import Settlement
    from parris.sweeps.sweep import Sweep
    from parris.sweeps.trial import Trial, TrialRun

_STARTS = "attribute_not_exists(stop_reason) AND attribute_not_exists(closed_at)"


def reserving(
    transactions: Transactions, sweep: Sweep, run: TrialRun
) -> tuple[TransactWriteItemTypeDef, ...]:
    """Return what reserves the worst case of a run, if the budget has room and the sweep starts."""
    worst: Value = {"N": f"{sweep.worst_usd:f}"}
    room: Value = {"N": f"{sweep.cost_limit_usd - sweep.worst_usd:f}"}
    values: dict[str, Value] = {
        ":next": {"N": str(run.run + 1)},
        ":worst": worst,
        ":running": {"S": TrialStatus.RUNNING},
        ":job": {"S": run.training_job_name},
        ":execution": {"S": run.execution_arn},
        ":at": {"S": run.reserved_at},
    }
    is_next = "attribute_not_exists(runs)"
    if run.run > 0:
        values[":run"] = {"N": str(run.run)}
        is_next = "runs = :run AND settled = :run"
    return (
        transactions.update(
            sweep_key(sweep.sweep_id),
            "ADD committed_usd :worst",
            f"committed_usd <= :room AND {_STARTS}",
            {":worst": worst, ":room": room},
        ),
        transactions.update(
            trial_key(sweep.sweep_id, run.number),
            "SET #status = :running, runs = :next, reserved_usd = :worst,"
            " training_job_name = :job, execution_arn = :execution, reserved_at = :at"
            " REMOVE #value, reason, cause, ended_at",
            is_next,
            values,
            {"#status": "status", "#value": "value"},
        ),
    )


def settling(
    transactions: Transactions, sweep_id: str, trial: Trial, settlement: Settlement
) -> tuple[TransactWriteItemTypeDef, ...]:
    """Return what records the cost of a run, and gives back what it did not use.

    Args:
        transactions: of the sweeps table.
        sweep_id: the sweep.
        trial: the trial as it was read, with the reservation of the run.
        settlement: how the run has ended, which is confirmed.
    """
    spent: Value = {"N": f"{settlement.spent_usd:f}"}
    confirmed_usd = trial.reserved_usd if trial.is_unconfirmed else 0
    given_back: Value = {"N": f"{settlement.spent_usd - trial.reserved_usd:f}"}
    texts = settlement.texts()
    assignments = "".join(f", #{name} = :{name}" for name in texts)
    return (
        transactions.update(
            sweep_key(sweep_id),
            "ADD committed_usd :back, spent_usd :spent, settlements :one,"
            " unconfirmed_usd :confirmed",
            f"attribute_exists({PARTITION})",
            {
                ":back": given_back,
                ":spent": spent,
                ":one": {"N": "1"},
                ":confirmed": {"N": f"{-confirmed_usd}"},
            },
        ),
        transactions.update(
            trial_key(sweep_id, trial.number),
            "SET #status = :status, settled = :runs, runtime_seconds = :runtime"
            f"{assignments} REMOVE reserved_usd ADD spent_usd :spent",
            "runs = :runs AND reserved_usd = :reserved AND #status = :former",
            {
                ":former": {"S": trial.status},
                ":status": {"S": settlement.status},
                ":runs": {"N": str(trial.runs)},
                ":reserved": {"N": f"{trial.reserved_usd:f}"},
                ":spent": spent,
                ":runtime": {"N": str(settlement.runtime_seconds)},
                **{f":{name}": {"S": text} for name, text in texts.items()},
            },
            {f"#{name}": name for name in ("status", *texts)},
        ),
    )


def giving_up(
    transactions: Transactions, sweep_id: str, trial: Trial, cause: str
) -> tuple[TransactWriteItemTypeDef, ...]:
    """Return what records that a run's end is not confirmed, and that it stays reserved."""
    return (
        transactions.update(
            sweep_key(sweep_id),
            "ADD unconfirmed_usd :reserved",
            f"attribute_exists({PARTITION})",
            {":reserved": {"N": f"{trial.reserved_usd:f}"}},
        ),
        transactions.update(
            trial_key(sweep_id, trial.number),
            "SET #status = :status, cause = :cause",
            "runs = :runs AND reserved_usd = :reserved AND #status = :former",
            {
                ":status": {"S": TrialStatus.UNCONFIRMED},
                ":cause": {"S": cause},
                ":runs": {"N": str(trial.runs)},
                ":reserved": {"N": f"{trial.reserved_usd:f}"},
                ":former": {"S": TrialStatus.RUNNING},
            },
            {"#status": "status"},
        ),
    )
