"""DynamoDB: one item per job name. It is the lease on the name and holds the run's requests.

`job#<training-job-name>` holds the run that has the lease, the stop requests to it, and the token
that ends its sleep, with what it sleeps for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from parris.aws.job_item import job_item_from
from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.aws.job_item import JobItem

JOB_PREFIX = "job#"
_CONDITION_FAILED = "ConditionalCheckFailedException"
_IS_HELD_BY_ME = "execution_arn = :me"


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
        submitted_at: str,
        ended_owner_arn: str | None = None,
    ) -> bool:
        """Write "this execution launches this job" and return whether the name is now its own.

        Claiming a name again succeeds, and removes what is known of an earlier launch: its id,
        with which the next one's first events would be ignored, and what was reported of it.
        `ended_owner_arn` names an execution that is known to have ended, whose lease may be taken
        over.
        """
        values: dict[str, Value] = {":me": {"S": execution_arn}}
        condition = "attribute_not_exists(#item) OR execution_arn = :me"
        if ended_owner_arn is not None:
            values[":dead"] = {"S": ended_owner_arn}
            condition += " OR execution_arn = :dead"
        try:
            # An update, so that a retry does not erase a request that came in between.
            self._client.update_item(
                TableName=self._name,
                Key=_key(training_job_name),
                UpdateExpression="SET execution_arn = :me, submitted_at = :at REMOVE "
                + (_REPORTS if ended_owner_arn is None else _NOTES),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={**values, ":at": {"S": submitted_at}},
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return False
            raise
        return True

    @translates_errors
    def find(self, training_job_name: str) -> JobItem | None:
        """Return the name's item (a consistent read), or None if no run holds the name."""
        response = self._client.get_item(
            TableName=self._name, Key=_key(training_job_name), ConsistentRead=True
        )
        return job_item_from(response["Item"]) if "Item" in response else None

    @translates_errors
    def begin_check(self, training_job_name: str, execution_arn: str) -> JobItem | None:
        """Clear wake and token in one step before a check, so that later wakes end the next sleep.

        Returns:
            The item as it was, or None if this execution does not hold the name.
        """
        return self._remove(
            training_job_name, execution_arn, "wake, task_token, waiting_for, sleeps_until"
        )

    @translates_errors
    def begin_attempt(self, training_job_name: str, execution_arn: str) -> JobItem | None:
        """Clear what the item says of an attempt that has ended; requests to the run stay.

        Returns:
            The item as it was, or None if this execution does not hold the name.
        """
        return self._remove(training_job_name, execution_arn, _NOTES_OF_ATTEMPT)

    @translates_errors
    def wake(
        self,
        training_job_name: str,
        execution_arn: str | None,
        cause: str,
        waits: Collection[str],
        notes: Mapping[str, str],
        launch_id: str | None = None,
    ) -> JobItem | None:
        """Set the wake and the notes, and read the token in the same step without removing it.

        After a crash, a retry or the run itself continues from the wake that was set.

        Args:
            training_job_name: the job name.
            execution_arn: the execution that must hold it, or None for any.
            cause: what wakes the run.
            waits: what a run that is to be woken by this cause sleeps for.
            notes: further attributes.
            launch_id: what the run must have launched, where its item says that, or None.

        Returns:
            The updated item, or None if no such run holds the name, or it sleeps for something
            else.
        """
        values: dict[str, Value] = {
            f":wait{number}": {"S": wait} for number, wait in enumerate(sorted(waits))
        }
        conditions = [
            f"attribute_not_exists(waiting_for) OR waiting_for IN ({', '.join(values)})",
            "attribute_exists(execution_arn)" if execution_arn is None else _IS_HELD_BY_ME,
        ]
        if execution_arn is not None:
            values[":me"] = {"S": execution_arn}
        if launch_id is not None:
            conditions.append("attribute_not_exists(launch_id) OR launch_id = :launch")
            values[":launch"] = {"S": launch_id}
        values |= {":wake": {"BOOL": True}, ":cause": {"SS": [cause]}}
        assignments = ", ".join(["wake = :wake", *(f"{note} = :{note}" for note in notes)])
        return self._update_if(
            training_job_name,
            f"SET {assignments} ADD reported :cause",
            " AND ".join(f"({one})" for one in conditions),
            {**values, **{f":{note}": {"S": text} for note, text in notes.items()}},
        )

    @translates_errors
    def note(
        self, training_job_name: str, execution_arn: str, notes: Mapping[str, str]
    ) -> JobItem | None:
        """Record something about a run without waking it.

        Returns:
            The updated item, or None if that execution does not hold the name.
        """
        return self._update_if(
            training_job_name,
            "SET " + ", ".join(f"{note} = :{note}" for note in notes),
            _IS_HELD_BY_ME,
            {
                ":me": {"S": execution_arn},
                **{f":{note}": {"S": text} for note, text in notes.items()},
            },
        )

    @translates_errors
    def count_runner_report(self, training_job_name: str, execution_arn: str, most: int) -> bool:
        """Count a report of the runner, and return whether it may wake the run.

        Args:
            training_job_name: the job name.
            execution_arn: the execution that must hold it.
            most: how many reports of an attempt may do so.
        """
        counted = self._update_if(
            training_job_name,
            "ADD runner_reports :one",
            f"{_IS_HELD_BY_ME} AND"
            " (attribute_not_exists(runner_reports) OR runner_reports < :most)",
            {":me": {"S": execution_arn}, ":one": {"N": "1"}, ":most": {"N": str(most)}},
        )
        return counted is not None

    @translates_errors
    def note_end(
        self,
        training_job_name: str,
        execution_arn: str,
        *,
        reason: str,
        decided_at: str,
        keep_until: str | None,
    ) -> bool:
        """Record how the run ends, and until when resources of it are kept.

        Returns:
            Whether this execution holds the name; another execution's item is not changed.
        """
        values: dict[str, Value] = {
            ":me": {"S": execution_arn},
            ":reason": {"S": reason},
            ":at": {"S": decided_at},
        }
        assignments = "SET end_reason = :reason, end_decided_at = :at"
        if keep_until is None:
            assignments += " REMOVE keep_until"
        else:
            values[":until"] = {"S": keep_until}
            assignments += ", keep_until = :until"
        return self._update_if(training_job_name, assignments, _IS_HELD_BY_ME, values) is not None

    @translates_errors
    def release(self, training_job_name: str, execution_arn: str) -> None:
        """Release the name, if this execution holds it."""
        try:
            self._client.delete_item(
                TableName=self._name,
                Key=_key(training_job_name),
                ConditionExpression=_IS_HELD_BY_ME,
                ExpressionAttributeValues={":me": {"S": execution_arn}},
            )
        except ClientError as err:
            if code_of(err) != _CONDITION_FAILED:
                raise

    def _remove(self, training_job_name: str, execution_arn: str, names: str) -> JobItem | None:
        """Remove attributes, and return the item as it was."""
        me: Mapping[str, Value] = {":me": {"S": execution_arn}}
        return self._update_if(
            training_job_name, f"REMOVE {names}", _IS_HELD_BY_ME, me, returned="ALL_OLD"
        )

    def _update_if(
        self,
        training_job_name: str,
        update: str,
        condition: str,
        values: Mapping[str, Value],
        returned: Literal["ALL_NEW", "ALL_OLD"] = "ALL_NEW",
    ) -> JobItem | None:
        """Update the item and return it, or None if it does not meet the condition."""
        try:
            response = self._client.update_item(
                TableName=self._name,
                Key=_key(training_job_name),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValues=returned,
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return None
            raise
        return job_item_from(response["Attributes"])


_REPORTS = "reported_state, reported_machine, reported, launch_id"
_NOTES_OF_ATTEMPT = (
    f"{_REPORTS}, wake, task_token, waiting_for, sleeps_until, end_reason,"
    " end_decided_at, keep_until, silent_since, silences, runner_reports"
)
_NOTES = f"stop_requested_at, superseded_by, {_NOTES_OF_ATTEMPT}"


def _key(training_job_name: str) -> dict[str, Value]:
    return {"item": {"S": f"{JOB_PREFIX}{training_job_name}"}}
