"""DynamoDB: one item per machine in the jobs table, for events that have only the machine's id.

`machine#<id>` maps a machine to its job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_PREFIX = "machine#"


@dataclass(frozen=True, slots=True)
class MachineItem:
    """The job and the execution that a machine belongs to."""

    training_job_name: str
    execution_arn: str


class MachinesTable:
    """The items of machines in the jobs table."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    @translates_errors
    def note(self, machine_id: str, training_job_name: str, execution_arn: str) -> None:
        """Record the job and the execution that the machine belongs to."""
        self._client.put_item(
            TableName=self._name,
            Item={
                **_key(machine_id),
                "training_job_name": {"S": training_job_name},
                "execution_arn": {"S": execution_arn},
            },
        )

    @translates_errors
    def find(self, machine_id: str) -> MachineItem | None:
        """Return the machine's item (a consistent read), or None if it belongs to no job."""
        response = self._client.get_item(
            TableName=self._name, Key=_key(machine_id), ConsistentRead=True
        )
        return _item_from(response["Item"]) if "Item" in response else None

    @translates_errors
    def all(self) -> dict[str, MachineItem]:
        """Return the items of all recorded machines by machine id."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name,
            ConsistentRead=True,
            FilterExpression="begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":prefix": {"S": _PREFIX}},
        )
        return {
            str(item["item"]["S"]).removeprefix(_PREFIX): _item_from(item)
            for page in pages
            for item in page["Items"]
        }

    @translates_errors
    def forget(self, machine_id: str) -> None:
        """Delete the machine's item."""
        self._client.delete_item(TableName=self._name, Key=_key(machine_id))


def _item_from(item: Mapping[str, AttributeValueTypeDef]) -> MachineItem:
    return MachineItem(item["training_job_name"]["S"], item["execution_arn"]["S"])


def _key(machine_id: str) -> dict[str, Value]:
    return {"item": {"S": f"{_PREFIX}{machine_id}"}}
