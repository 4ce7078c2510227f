"""DynamoDB: the mark that a deployment is being deleted, and the runs that still hold names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.job_item import JobItem, job_item_from
from parris.aws.jobs_table import JOB_PREFIX
from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_MARK: dict[str, Value] = {"item": {"S": "deployment#is-being-deleted"}}


class DeploymentDeletion:
    """The deletion of a deployment, coordinated through its jobs table.

    A run claims its name, then checks for the mark. The deletion sets the mark, then lists the
    claims. So one of the two always sees the other.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    @translates_errors
    def begin(self, since: str) -> None:
        """Set the mark, so that no run launches anything any more."""
        item = {**_MARK, "since": {"S": since}}
        self._client.put_item(TableName=self._table_name, Item=item)

    @translates_errors
    def has_begun(self) -> bool:
        """Return whether the mark is set (a consistent read)."""
        response = self._client.get_item(TableName=self._table_name, Key=_MARK, ConsistentRead=True)
        return "Item" in response

    @translates_errors
    def held_names(self) -> dict[str, JobItem]:
        """Return every job name that is held, with its item (a consistent read)."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table_name,
            ConsistentRead=True,
            FilterExpression="begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":prefix": {"S": JOB_PREFIX}},
        )
        return {
            str(item["item"]["S"]).removeprefix(JOB_PREFIX): job_item_from(item)
            for page in pages
            for item in page["Items"]
        }
