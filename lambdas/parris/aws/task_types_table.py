"""DynamoDB: one item in the jobs table for each kind of task: its present or last job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_PREFIX = "task#"
_CLAIM = "job_id = :job, execution_arn = :arn, claimed_at = :now"
_CONDITION_FAILED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class TaskItem:
    """The job that a kind of task runs, or has run last, and since when it is that of its kind.

    `etag` is that of the file that requests it, None without such a file, and `sequencer` is that
    of its creation, None until that was reported.
    """

    job_id: str
    execution_arn: str
    claimed_at: datetime
    sequencer: str | None = None
    etag: str | None = None


class TaskTypesTable:
    """The items of the kinds of task in the jobs table."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    @translates_errors
    def find(self, task_type: str) -> TaskItem | None:
        """Return the item of a kind (a consistent read), or None if it never had a job."""
        found = self._client.get_item(
            TableName=self._name, Key=_key(task_type), ConsistentRead=True
        )
        return _item_from(found["Item"]) if "Item" in found else None

    @translates_errors
    def claim(
        self,
        task_type: str,
        job_id: str,
        execution_arn: str,
        now: datetime,
        ended_job_id: str | None,
    ) -> bool:
        """Make a job that of its kind, and return whether it is.

        Args:
            task_type: the kind.
            job_id: the job; claiming again succeeds.
            execution_arn: its execution.
            now: the present time.
            ended_job_id: a job that is known to have ended, which it may replace.
        """
        values: dict[str, Value] = {
            ":job": {"S": job_id},
            ":arn": {"S": execution_arn},
            ":now": {"S": format_timestamp(now)},
        }
        condition = "attribute_not_exists(#item) OR job_id = :job"
        removed = ""
        if ended_job_id is not None and ended_job_id != job_id:
            values[":ended"] = {"S": ended_job_id}
            condition += " OR job_id = :ended"
            removed = " REMOVE sequencer, etag"
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_key(task_type),
                UpdateExpression=f"SET {_CLAIM}{removed}",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues=values,
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return False
            raise
        return True

    @translates_errors
    def note_file(
        self, task_type: str, job_id: str, etag: str, sequencer: str | None = None
    ) -> None:
        """Record which file requests the job, if the job is still that of its kind."""
        values: dict[str, Value] = {":job": {"S": job_id}, ":etag": {"S": etag}}
        assignments = "SET etag = :etag"
        if sequencer is not None:
            values[":sequencer"] = {"S": sequencer}
            assignments += ", sequencer = :sequencer"
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_key(task_type),
                UpdateExpression=assignments,
                ConditionExpression="job_id = :job",
                ExpressionAttributeValues=values,
            )
        except ClientError as err:
            if code_of(err) != _CONDITION_FAILED:
                raise


def _item_from(item: Mapping[str, AttributeValueTypeDef]) -> TaskItem:
    return TaskItem(
        job_id=item["job_id"]["S"],
        execution_arn=item["execution_arn"]["S"],
        claimed_at=parse_timestamp(item["claimed_at"]["S"]),
        sequencer=item.get("sequencer", {}).get("S"),
        etag=item.get("etag", {}).get("S"),
    )


def _key(task_type: str) -> dict[str, Value]:
    return {"item": {"S": f"{_PREFIX}{task_type}"}}
