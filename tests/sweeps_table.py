"""The sweeps table as template.yaml makes it, for tests without a deployment."""

from typing import Any

SWEEPS_TABLE = "sweeps"


def make_sweeps_table(dynamodb: Any) -> None:
    """Make the table; a test of the template holds its keys to the template's."""
    dynamodb.create_table(TableName=SWEEPS_TABLE, **SWEEPS_TABLE_KEYS)


SWEEPS_TABLE_KEYS: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("sweep", "item")
    ],
    "KeySchema": [
        {"AttributeName": "sweep", "KeyType": "HASH"},
        {"AttributeName": "item", "KeyType": "RANGE"},
    ],
}
