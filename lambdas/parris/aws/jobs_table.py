"""DynamoDB: one item for each job name, which is the lock on the name and the run's notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_CONDITION_FAILED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class JobItem:
    """Who holds a job name, and what was asked of that run."""

    execution_arn: str
    is_stop_wished: bool
    superseded_by: str | None


class JobsTable:
    """The jobs table of this deployment."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    @translates_errors
    def claim(
        self,
        training_job_name: str,
        execution_arn: str,
        claimed_at: str,
        dead_owner_arn: str | None = None,
    ) -> bool:
        """Write "this execution makes this stack" and return whether the name is now its own.

        It is also where the name was its own before. `dead_owner_arn` names an execution that is
        known to be over and may be replaced.
        """
        values: dict[str, Value] = {":me": {"S": execution_arn}}
        condition = "attribute_not_exists(#item) OR execution_arn = :me"
        if dead_owner_arn is not None:
            values[":dead"] = {"S": dead_owner_arn}
            condition += " OR execution_arn = :dead"
        try:
            # An update, so that a retry does not wipe out a wish that came in between.
            self._client.update_item(
                TableName=self._name,
                Key=_key(training_job_name),
                UpdateExpression="SET execution_arn = :me, claimed_at = :at"
                + ("" if dead_owner_arn is None else " REMOVE stop_requested_at, superseded_by"),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={**values, ":at": {"S": claimed_at}},
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return False
            raise
        return True

    @translates_errors
    def find(self, training_job_name: str) -> JobItem | None:
        """Return the name's item, read consistently, or None where nobody holds the name."""
        answer = self._client.get_item(
            TableName=self._name, Key=_key(training_job_name), ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        superseded_by = item.get("superseded_by", {}).get("S")
        return JobItem(
            execution_arn=item["execution_arn"]["S"],
            is_stop_wished="stop_requested_at" in item,
            superseded_by=superseded_by,
        )

    @translates_errors
    def release(self, training_job_name: str, execution_arn: str) -> None:
        """Give the name back; one that is not, or no longer, this execution's is left alone."""
        try:
            self._client.delete_item(
                TableName=self._name,
                Key=_key(training_job_name),
                ConditionExpression="execution_arn = :me",
                ExpressionAttributeValues={":me": {"S": execution_arn}},
            )
        except ClientError as err:
            if code_of(err) != _CONDITION_FAILED:
                raise


def _key(training_job_name: str) -> dict[str, Value]:
    return {"item": {"S": f"job#{training_job_name}"}}
