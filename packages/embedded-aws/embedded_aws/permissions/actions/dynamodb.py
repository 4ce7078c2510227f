"""DynamoDB: tables and their items.

Requests for items have the condition key `dynamodb:LeadingKeys`: the values of their partition key.
Transactions and batches do not have it here.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from embedded_aws.context import current
from embedded_aws.permissions.actions.shapes import on_everything, on_resource
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_LEADING_KEYS = "dynamodb:leadingkeys"
_EQUALITY = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


def _table(call: Call) -> str:
    return _arn(call, call.text("TableName") or call.text("ResourceArn"))


def _table_or_index(call: Call) -> str:
    index = call.text("IndexName")
    return f"{_table(call)}/index/{index}" if index else _table(call)


def _arn(call: Call, table: str) -> str:
    return table if table.startswith("arn:") else call.arn(f"table/{table}")


def _on_items(
    find: Callable[[Call, str], Any], *operations: str
) -> dict[str, Callable[[Call], Iterable[Demand]]]:
    def demands(call: Call) -> list[Demand]:
        value = find(call, _partition_key(call))
        context = () if value is None else ((_LEADING_KEYS, (_text(value),)),)
        return [Demand(f"dynamodb:{call.operation}", _table_or_index(call), context)]

    return dict.fromkeys(operations, demands)


def _partition_key(call: Call) -> str:
    tables = dynamodb_backends[current().settings.account_id][call.region].tables
    found = tables.get(call.text("TableName").rpartition("/")[2])
    return "" if found is None else str(found.hash_key_attr)


def _in_key(call: Call, name: str) -> Any:
    return call.params.get("Key", {}).get(name)


def _in_item(call: Call, name: str) -> Any:
    return call.params.get("Item", {}).get(name)


def _in_query(call: Call, name: str) -> Any:
    """Return the value that the partition key equals; the sort key may have other conditions."""
    names = call.params.get("ExpressionAttributeNames") or {}
    values = call.params.get("ExpressionAttributeValues") or {}
    for written, value in _EQUALITY.findall(call.text("KeyConditionExpression")):
        if names.get(written, written) == name:
            return values.get(value)
    return None


def _text(value: dict[str, Any]) -> str:
    return str(next(iter(value.values())))


def _transaction(call: Call) -> list[Demand]:
    return [
        Demand(f"dynamodb:{_TRANSACTION_ACTIONS[kind]}", _arn(call, request["TableName"]))
        for item in call.params["TransactItems"]
        for kind, request in item.items()
    ]


def _batch(call: Call) -> list[Demand]:
    tables = call.params["RequestItems"]
    return [Demand(f"dynamodb:{call.operation}", _arn(call, table)) for table in tables]


DEMANDS = {
    **on_everything("ListTables"),
    **on_resource(
        _table,
        "CreateTable",
        "DeleteTable",
        "DescribeTable",
        "UpdateTable",
        "DescribeTimeToLive",
        "UpdateTimeToLive",
        "DescribeContinuousBackups",
        "TagResource",
        "ListTagsOfResource",
    ),
    **on_resource(_table_or_index, "Scan"),
    **_on_items(_in_key, "GetItem", "UpdateItem", "DeleteItem"),
    **_on_items(_in_item, "PutItem"),
    **_on_items(_in_query, "Query"),
    "TransactWriteItems": _transaction,
    "TransactGetItems": _transaction,
    "BatchGetItem": _batch,
    "BatchWriteItem": _batch,
}
