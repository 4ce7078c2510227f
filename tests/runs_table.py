"""The runs table as template.yaml makes it, for tests without a deployment."""

from typing import Any

RUNS_TABLE = "runs"


def make_runs_table(dynamodb: Any) -> None:
    """Make the table; a test of the template holds its keys to the template's."""
    dynamodb.create_table(TableName=RUNS_TABLE, **RUNS_TABLE_KEYS)


def _index(name: str, partition: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": "submitted_at", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }


RUNS_TABLE_KEYS: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"}
        for name in ("job_id", "owner", "kind", "submitted_at")
    ],
    "KeySchema": [{"AttributeName": "job_id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [_index("by-owner", "owner"), _index("by-time", "kind")],
}
