"""DynamoDB: one item in the jobs table for each kind of task: its jobs, or its last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors
from parris.timestamps import format_timestamp, parse_timestamp
from parris.training_api.task_jobs import TaskItem, TaskRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

_PREFIX = "task#"
_OF_FILES = ("etag", "sequencer")
_CONDITION_FAILED = "ConditionalCheckFailedException"


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

    def claim(self, task_type: str, request: TaskRequest, ended: TaskItem | None) -> bool:
        """Make a job that of its kind, and return whether it is.

        Args:
            task_type: the kind.
            request: the job; claiming again succeeds.
            ended: the item of the kind, whose jobs are known to have ended.
        """
        given = _attributes(request)
        values: dict[str, Value] = {f":{name}": one for name, one in given.items()}
        values[":none"] = {"L": []}
        condition = "attribute_not_exists(job_id)"
        if ended is not None:
            values |= {":ended": {"S": ended.claim.job_id}, ":seen": _listed(ended.waiting)}
            condition = "job_id = :ended AND waiting = :seen"
        assigned = ", ".join(f"{name} = :{name}" for name in given)
        absent = ", ".join(name for name in _OF_FILES if name not in given)
        removed = f" REMOVE {absent}" if absent else ""
        expression = f"SET waiting = :none, {assigned}{removed}"
        is_ours = self._update(task_type, expression, condition, values)
        if is_ours:
            return True
        found = self.find(task_type)
        return found is not None and found.claim.job_id == request.job_id

    def set_waiting(self, task_type: str, seen: TaskItem, waiting: tuple[TaskRequest, ...]) -> bool:
        """Change which jobs wait, unless the item has changed since it was seen."""
        values: dict[str, Value] = {
            ":claim": {"S": seen.claim.job_id},
            ":seen": _listed(seen.waiting),
            ":waiting": _listed(waiting),
        }
        condition = "job_id = :claim AND waiting = :seen"
        return self._update(task_type, "SET waiting = :waiting", condition, values)

    def note_file(
        self, task_type: str, job_id: str, etag: str, sequencer: str | None = None
    ) -> None:
        """Record which file requests the job, if the job is still that of its kind."""
        values: dict[str, Value] = {":job": {"S": job_id}, ":etag": {"S": etag}}
        assignments = "SET etag = :etag"
        if sequencer is not None:
            values[":sequencer"] = {"S": sequencer}
            assignments += ", sequencer = :sequencer"
        self._update(task_type, assignments, "job_id = :job", values)

    @translates_errors
    def _update(
        self, task_type: str, expression: str, condition: str, values: dict[str, Value]
    ) -> bool:
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_key(task_type),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return False
            raise
        return True


def _attributes(request: TaskRequest) -> dict[str, Value]:
    values = {
        "job_id": request.job_id,
        "execution_arn": request.execution_arn,
        "claimed_at": format_timestamp(request.claimed_at),
        "etag": request.etag,
        "sequencer": request.sequencer,
    }
    return {name: {"S": value} for name, value in values.items() if value is not None}


def _listed(requests: tuple[TaskRequest, ...]) -> Value:
    return {"L": [{"M": _attributes(one)} for one in requests]}


def _item_from(item: Mapping[str, Any]) -> TaskItem:
    waiting = tuple(_request_from(one["M"]) for one in item["waiting"]["L"])
    return TaskItem(_request_from(item), waiting)


def _request_from(attributes: Mapping[str, Any]) -> TaskRequest:
    return TaskRequest(
        job_id=attributes["job_id"]["S"],
        execution_arn=attributes["execution_arn"]["S"],
        claimed_at=parse_timestamp(attributes["claimed_at"]["S"]),
        etag=attributes.get("etag", {}).get("S"),
        sequencer=attributes.get("sequencer", {}).get("S"),
    )


def _key(task_type: str) -> dict[str, Value]:
    return {"item": {"S": f"{_PREFIX}{task_type}"}}
