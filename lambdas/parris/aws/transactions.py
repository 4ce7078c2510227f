"""DynamoDB: several conditional writes to one table, of which all or none are carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of
from parris.errors import AwsThrottledError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_CANCELED = "TransactionCanceledException"
_CONFLICTS = frozenset({"TransactionConflict", "TransactionInProgressException"})
_FAILED_CONDITION = "ConditionalCheckFailed"


class Transactions:
    """Transactions on one table.

    Args:
        client: the client of DynamoDB.
        table: the name of the table.
        partition: the name of its partition key.
    """

    def __init__(self, client: DynamoDBClient, table: str, partition: str) -> None:
        self._client = client
        self._table = table
        self._partition = partition

    def write(self, *writes: TransactWriteItemTypeDef) -> bool:
        """Write all or nothing, and return whether all conditions were met.

        Raises:
            AwsThrottledError: if another transaction writes to one of the items; the state machine
                repeats it with jitter.
        """
        try:
            self._client.transact_write_items(TransactItems=writes)
        except ClientError as err:
            details: Any = err.response
            reasons = {one.get("Code") for one in details.get("CancellationReasons", [])}
            if code_of(err) in _CONFLICTS or reasons & _CONFLICTS:
                raise AwsThrottledError(f"{err.operation_name}: transaction conflict") from err
            if code_of(err) == _CANCELED and _FAILED_CONDITION in reasons:
                return False
            raise
        return True

    def put_new(self, item: Mapping[str, Value]) -> TransactWriteItemTypeDef:
        """Return the write of an item that must not exist."""
        return {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": f"attribute_not_exists({self._partition})",
            }
        }

    def update(
        self,
        key: Mapping[str, Value],
        update: str,
        condition: str,
        values: Mapping[str, Value],
        names: Mapping[str, str] | None = None,
    ) -> TransactWriteItemTypeDef:
        """Return an update of an item under a condition.

        Args:
            key: the key of the item.
            update: the update expression.
            condition: the condition expression.
            values: the values of both expressions.
            names: the names of attributes in them that are reserved words.
        """
        write: Any = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        if names:
            write["ExpressionAttributeNames"] = names
        return {"Update": write}
