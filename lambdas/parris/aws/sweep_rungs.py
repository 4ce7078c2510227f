"""DynamoDB: what the trials of a sweep had reached at each rung, and whether they went on.

The items are in the sweeps table, in the partition `#rungs#<sweep id>`, which is all that the state
that decides can write there. The key `<reports>#<number>` has the rung and the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.sweep_items import ITEM, PARTITION
from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_PREFIX = "#rungs#"
_STOPS, _GOES_ON = "stop", "continue"


@dataclass(frozen=True, slots=True)
class RungEntry:
    """A trial at a rung. `stops` is None until that is decided; then it never changes."""

    value: float
    stops: bool | None = None
    cause: str = ""


class SweepRungs:
    """The rungs of the sweeps of this deployment."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    @translates_errors
    def enter(self, sweep_id: str, reports: int, number: int, value: float) -> RungEntry:
        """Record the value of a trial at a rung unless it has one there, and return what is there.

        A trial is entered before its rung is read, so that of two trials that come at the same time
        at least one sees the other.
        """
        return self._set(sweep_id, reports, number, {"value": repr(value)})

    @translates_errors
    def values(self, sweep_id: str, reports: int) -> list[float]:
        """Return the values of all trials that have reached a rung (a consistent read)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="#sweep = :sweep AND begins_with(#item, :rung)",
            ExpressionAttributeNames={"#sweep": PARTITION, "#item": ITEM},
            ExpressionAttributeValues={
                ":sweep": {"S": f"{_PREFIX}{sweep_id}"},
                ":rung": {"S": f"{reports}#"},
            },
        )
        return [_entry_from(item).value for page in pages for item in page["Items"]]

    @translates_errors
    def decide(
        self, sweep_id: str, reports: int, number: int, *, stops: bool, cause: str
    ) -> RungEntry:
        """Record whether a trial stops at a rung, unless that is decided, and return the entry."""
        decision = _STOPS if stops else _GOES_ON
        return self._set(sweep_id, reports, number, {"decision": decision, "cause": cause})

    def _set(self, sweep_id: str, reports: int, number: int, texts: Mapping[str, str]) -> RungEntry:
        """Set attributes of an item that it does not have yet, and return it."""
        assignments = (f"#{name} = if_not_exists(#{name}, :{name})" for name in texts)
        response = self._client.update_item(
            TableName=self._name,
            Key=_key(sweep_id, reports, number),
            UpdateExpression=f"SET {', '.join(assignments)}",
            ExpressionAttributeNames={f"#{name}": name for name in texts},
            ExpressionAttributeValues={f":{name}": {"S": text} for name, text in texts.items()},
            ReturnValues="ALL_NEW",
        )
        return _entry_from(response["Attributes"])


def _key(sweep_id: str, reports: int, number: int) -> dict[str, Value]:
    return {
        PARTITION: {"S": f"{_PREFIX}{sweep_id}"},
        ITEM: {"S": f"{reports}#{number:05d}"},
    }


def _entry_from(item: Mapping[str, AttributeValueTypeDef]) -> RungEntry:
    decision = item.get("decision", {}).get("S")
    return RungEntry(
        value=float(item["value"]["S"]),
        stops=None if decision is None else decision == _STOPS,
        cause=item.get("cause", {}).get("S", ""),
    )
