"""DynamoDB: one item for each run that has a record. docs/run-record.md describes it.

The table is apart from the jobs table: that one is scanned for what runs, and must stay small.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.payloads import Json, Payload

BY_OWNER, BY_TIME = "by-owner", "by-time"
"""The indexes: `owner` and `submitted_at`; `kind`, which is `run` in each item, and
`submitted_at`."""

_KEY, _METRICS = "job_id", "metrics"
_KIND = "run"
_SORTED_BY = ("owner", "submitted_at")


class RunIndex:
    """The runs table of this deployment."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    @translates_errors
    def put(self, entry: Payload) -> None:
        """Write a run's item, over the one that may be there. Safe to ask again.

        What is only guessed of the owner and the time does not replace what is known.
        """
        known = {name: value for name, value in entry.items() if name not in (_KEY, "is_guessed")}
        values: dict[str, Value] = {":kind": {"S": _KIND}}
        assignments, removals = ["#kind = :kind"], []
        for name, value in known.items():
            if value is None:
                removals.append(f"#{name}")
                continue
            values[f":{name}"] = _value_of(value)
            is_kept = entry.get("is_guessed") is True and name in _SORTED_BY
            new = f"if_not_exists(#{name}, :{name})" if is_kept else f":{name}"
            assignments.append(f"#{name} = {new}")
        expression = f"SET {', '.join(assignments)}"
        if removals:
            expression += f" REMOVE {', '.join(removals)}"
        self._client.update_item(
            TableName=self._name,
            Key={_KEY: {"S": str(entry[_KEY])}},
            UpdateExpression=expression,
            # Some of the names are reserved words.
            ExpressionAttributeNames={f"#{name}": name for name in ("kind", *known)},
            ExpressionAttributeValues=values,
        )

    @translates_errors
    def find(self, job_id: str) -> Payload | None:
        """Return the entry of a run, or None if it has none."""
        found = self._client.get_item(TableName=self._name, Key={_KEY: {"S": job_id}})
        return _entry_from(found["Item"]) if "Item" in found else None

    @translates_errors
    def latest(self, most: int) -> tuple[Payload, ...]:
        """Return the entries of the runs that were submitted last, the newest first."""
        found = self._client.query(
            TableName=self._name,
            IndexName=BY_TIME,
            KeyConditionExpression="#kind = :kind",
            ExpressionAttributeNames={"#kind": "kind"},
            ExpressionAttributeValues={":kind": {"S": _KIND}},
            ScanIndexForward=False,
            Limit=most,
        )
        return tuple(_entry_from(item) for item in found["Items"])


def _entry_from(item: Mapping[str, AttributeValueTypeDef]) -> Payload:
    entry: Payload = {}
    for name, value in item.items():
        if "N" in value:
            entry[name] = int(value["N"])
        elif "BOOL" in value:
            entry[name] = value["BOOL"]
        else:
            entry[name] = value["S"]
    # Stored as text, since its keys are those of the script.
    metrics = entry.get(_METRICS)
    if isinstance(metrics, str):
        entry[_METRICS] = json.loads(metrics)
    return entry


def _value_of(value: Json) -> Value:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"S": value if isinstance(value, str) else json.dumps(value)}
