"""The items of the sweeps table. docs/sweeps.md describes them.

The partition `<sweep id>` has the item `sweep`, one item `trial#<number>` for each trial that has
begun, and one item `wait#<number>` with a task token for each that sleeps. The partition `#open`
has one item for each sweep that is not closed.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from parris.sweeps.sweep import StopReason, Sweep
from parris.sweeps.trial import Trial, TrialStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.payloads import Payload

PARTITION, ITEM = "sweep", "item"
SWEEP_ITEM, TRIAL_PREFIX, WAIT_PREFIX = "sweep", "trial#", "wait#"
OPEN_PARTITION = "#open"
"""No execution has such a name, so no sweep has this id."""


def sweep_key(sweep_id: str) -> dict[str, Value]:
    """Return the key of a sweep's own item."""
    return {PARTITION: {"S": sweep_id}, ITEM: {"S": SWEEP_ITEM}}


def trial_key(sweep_id: str, number: int) -> dict[str, Value]:
    """Return the key of a trial's item; in the order of the keys the numbers rise."""
    return {PARTITION: {"S": sweep_id}, ITEM: {"S": f"{TRIAL_PREFIX}{number:05d}"}}


def wait_key(sweep_id: str, number: int) -> dict[str, Value]:
    """Return the key of the item that has the task token of a sleeping trial.

    The state AwaitSettlement writes it with the number as it is.
    """
    return {PARTITION: {"S": sweep_id}, ITEM: {"S": f"{WAIT_PREFIX}{number}"}}


def open_key(sweep_id: str) -> dict[str, Value]:
    """Return the key of the item that says that a sweep is open."""
    return {PARTITION: {"S": OPEN_PARTITION}, ITEM: {"S": sweep_id}}


def sweep_attributes(sweep: Sweep) -> dict[str, Value]:
    """Return the attributes of a new sweep, without its key."""
    texts = {
        "sweep_name": sweep.sweep_name,
        "execution_arn": sweep.execution_arn,
        "started_at": sweep.started_at,
        "config_key": sweep.config_key,
        "ends_by": sweep.ends_by,
        "bounded_by": sweep.bounded_by,
    }
    numbers: dict[str, Decimal | int] = {
        "cost_limit_usd": sweep.cost_limit_usd,
        "worst_usd": sweep.worst_usd,
        "longest_seconds": sweep.longest_seconds,
        "trials": sweep.trials,
        "committed_usd": sweep.committed_usd,
        "spent_usd": sweep.spent_usd,
        "settlements": sweep.settlements,
        "max_parallel": sweep.max_parallel,
    }
    return {
        **{name: {"S": text} for name, text in texts.items() if text is not None},
        **{name: {"N": f"{Decimal(number):f}"} for name, number in numbers.items()},
    }


def sweep_from(item: Mapping[str, AttributeValueTypeDef]) -> Sweep:
    """Return the sweep of its item."""
    stop_reason = _text(item, "stop_reason")
    return Sweep(
        sweep_id=item[PARTITION]["S"],
        sweep_name=item["sweep_name"]["S"],
        execution_arn=item["execution_arn"]["S"],
        started_at=item["started_at"]["S"],
        cost_limit_usd=_usd(item, "cost_limit_usd"),
        worst_usd=_usd(item, "worst_usd"),
        longest_seconds=_number(item, "longest_seconds"),
        trials=_number(item, "trials"),
        config_key=item["config_key"]["S"],
        ends_by=_text(item, "ends_by"),
        committed_usd=_usd(item, "committed_usd"),
        spent_usd=_usd(item, "spent_usd"),
        unconfirmed_usd=_usd(item, "unconfirmed_usd"),
        settlements=_number(item, "settlements"),
        stop_reason=None if stop_reason is None else StopReason(stop_reason),
        closed_at=_text(item, "closed_at"),
        max_parallel=_number(item, "max_parallel"),
        bounded_by=_text(item, "bounded_by"),
    )


def trial_from(item: Mapping[str, AttributeValueTypeDef]) -> Trial:
    """Return the trial of its item."""
    value = _text(item, "value")
    return Trial(
        number=int(item[ITEM]["S"].removeprefix(TRIAL_PREFIX)),
        status=TrialStatus(item["status"]["S"]),
        parameters=_payload(item, "parameters"),
        runs=_number(item, "runs"),
        settled=_number(item, "settled"),
        reserved_usd=_usd(item, "reserved_usd"),
        spent_usd=_usd(item, "spent_usd"),
        value=None if value is None else float(value),
        reason=_text(item, "reason"),
        cause=_text(item, "cause"),
        execution_arn=_text(item, "execution_arn"),
        training_job_name=_text(item, "training_job_name"),
        started_at=_text(item, "started_at"),
        ended_at=_text(item, "ended_at"),
        runtime_seconds=_number(item, "runtime_seconds"),
        metrics=_payload(item, "metrics") or {},
        results_uri=_text(item, "results_uri"),
        record_uri=_text(item, "record_uri"),
        reserved_at=_text(item, "reserved_at"),
    )


def _text(item: Mapping[str, AttributeValueTypeDef], name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _number(item: Mapping[str, AttributeValueTypeDef], name: str) -> int:
    return int(item[name]["N"]) if name in item else 0


def _usd(item: Mapping[str, AttributeValueTypeDef], name: str) -> Decimal:
    return Decimal(item[name]["N"]) if name in item else Decimal(0)


def _payload(item: Mapping[str, AttributeValueTypeDef], name: str) -> Payload | None:
    text = _text(item, name)
    return None if text is None else cast("Payload", json.loads(text))
