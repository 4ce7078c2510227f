"""DynamoDB: one item per server in the jobs table. It has the lease and the queue of the server.

Each change is written on the condition that nobody else has changed the item since it was read.
An item is never deleted, so that its version never repeats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.errors import AwsThrottledError
from parris.targets.ec2_server.aws.lease_items import item_of, lease_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.targets.ec2_server.lease import Lease

_PREFIX = "server#"
_TRIES = 10


class Leases:
    """The leases of the servers of this deployment."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    @translates_errors
    def find(self, server_id: str) -> Lease:
        """Return the lease of a server (a consistent read); a free one if there is no item."""
        response = self._client.get_item(
            TableName=self._table_name, Key=_key(server_id), ConsistentRead=True
        )
        return lease_from(server_id, response.get("Item", {}))

    @translates_errors
    def all(self) -> tuple[Lease, ...]:
        """Return the leases of all servers that have ever had a job (a consistent read)."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table_name,
            ConsistentRead=True,
            FilterExpression="begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":prefix": {"S": _PREFIX}},
        )
        return tuple(
            lease_from(str(item["item"]["S"]).removeprefix(_PREFIX), item)
            for page in pages
            for item in page["Items"]
        )

    def change(self, server_id: str, transition: Callable[[Lease], Lease]) -> tuple[Lease, Lease]:
        """Make a transition of a lease, and return the lease before and after it.

        The transition is made again of what somebody else has written in between, so that it must
        not have effects of its own.

        Raises:
            AwsThrottledError: if others change the lease all the time; the state is retried.
        """
        for _ in range(_TRIES):
            before = self.find(server_id)
            after = transition(before)
            if after == before or self._write(before, after):
                return before, after
        raise AwsThrottledError(f"the lease of {server_id} is changed by others all the time")

    @translates_errors
    def _write(self, before: Lease, after: Lease) -> bool:
        """Write the lease, and return whether nobody else has written it since it was read."""
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item={**_key(before.server_id), **item_of(after, before.version + 1)},
                ConditionExpression="attribute_not_exists(version) OR version = :version",
                ExpressionAttributeValues={":version": {"N": str(before.version)}},
            )
        except ClientError as err:
            if code_of(err) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _key(server_id: str) -> dict[str, Value]:
    return {"item": {"S": f"{_PREFIX}{server_id}"}}
