"""DynamoDB: tables and their items."""

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


def _table(call: Call) -> str:
    return _arn(call, call.text("TableName") or call.text("ResourceArn"))


def _table_or_index(call: Call) -> str:
    index = call.text("IndexName")
    return f"{_table(call)}/index/{index}" if index else _table(call)


def _arn(call: Call, table: str) -> str:
    return table if table.startswith("arn:") else call.arn(f"table/{table}")


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
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
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
    **on_resource(_table_or_index, "Query", "Scan"),
    "TransactWriteItems": _transaction,
    "TransactGetItems": _transaction,
    "BatchGetItem": _batch,
    "BatchWriteItem": _batch,
}
