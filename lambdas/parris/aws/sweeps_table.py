"""DynamoDB: the sweeps, their budgets and their trials.

The table is apart from the jobs table: a sweep has up to 10,000 trials, which are read together,
and what a sweep may do to its own items must not reach the leases of jobs. docs/sweeps.md and
docs/decisions/0026-run-a-sweep-as-one-map.md say more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.sweep_budget import giving_up, reserving, settling
from parris.aws.sweep_items import (
    ITEM,
    OPEN_PARTITION,
    PARTITION,
    TRIAL_PREFIX,
    WAIT_PREFIX,
    open_key,
    sweep_attributes,
    sweep_from,
    sweep_key,
    trial_from,
    trial_key,
    wait_key,
)
from parris.aws.transactions import Transactions
from parris.aws.translate_errors import code_of, translates_errors
from parris.sweeps.trial import TrialStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value

    from parris.payloads import Payload
    from parris.sweeps.settlement import Settlement
    from parris.sweeps.sweep import StopReason, Sweep
    from parris.sweeps.trial import Trial, TrialRun

_CONDITION_FAILED = "ConditionalCheckFailedException"


class SweepsTable:
    """The sweeps table of this deployment."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name
        self._transactions = Transactions(client, name, PARTITION)

    @translates_errors
    def open(self, sweep: Sweep) -> bool:
        """Write a new sweep and that it is open, in one transaction.

        Returns:
            Whether it was written now or before by the same execution.
        """
        is_written = self._transactions.write(
            self._transactions.put_new({**sweep_key(sweep.sweep_id), **sweep_attributes(sweep)}),
            self._transactions.put_new(
                {
                    **open_key(sweep.sweep_id),
                    "execution_arn": {"S": sweep.execution_arn},
                }
            ),
        )
        if is_written:
            return True
        found = self.find(sweep.sweep_id)
        return found is not None and found.execution_arn == sweep.execution_arn

    @translates_errors
    def find(self, sweep_id: str) -> Sweep | None:
        """Return a sweep (a consistent read), or None if there is none."""
        response = self._client.get_item(
            TableName=self._name, Key=sweep_key(sweep_id), ConsistentRead=True
        )
        return sweep_from(response["Item"]) if "Item" in response else None

    @translates_errors
    def find_trial(self, sweep_id: str, number: int) -> Trial | None:
        """Return a trial (a consistent read), or None if it has not begun."""
        response = self._client.get_item(
            TableName=self._name, Key=trial_key(sweep_id, number), ConsistentRead=True
        )
        return trial_from(response["Item"]) if "Item" in response else None

    @translates_errors
    def trials(self, sweep_id: str) -> list[Trial]:
        """Return all trials of a sweep that have begun, by their numbers (a consistent read)."""
        return [trial_from(item) for item in self._items(sweep_id, TRIAL_PREFIX)]

    @translates_errors
    def open_sweeps(self) -> dict[str, str]:
        """Return the executions of all sweeps that are not closed, by sweep id."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="#sweep = :open",
            ExpressionAttributeNames={"#sweep": PARTITION},
            ExpressionAttributeValues={":open": {"S": OPEN_PARTITION}},
        )
        return {
            item[ITEM]["S"]: item["execution_arn"]["S"] for page in pages for item in page["Items"]
        }

    @translates_errors
    def reserve(self, sweep: Sweep, run: TrialRun) -> bool:
        """Reserve the worst case of a trial's run, if the budget has room and the sweep starts.

        Returns:
            Whether it is reserved now; a repeated call changes nothing.
        """
        if self._transactions.write(*reserving(self._transactions, sweep, run)):
            return True
        trial = self.find_trial(sweep.sweep_id, run.number)
        return trial is not None and trial.runs == run.run + 1

    @translates_errors
    def settle(self, sweep_id: str, trial: Trial, settlement: Settlement) -> bool:
        """Record what a run has cost, and give back what it did not use. Safe to ask again.

        Args:
            sweep_id: the sweep.
            trial: the trial as it was read, with the reservation of the run.
            settlement: how the run has ended, which is confirmed.

        Returns:
            Whether this call settled it.
        """
        return self._transactions.write(*settling(self._transactions, sweep_id, trial, settlement))

    @translates_errors
    def give_up(self, sweep_id: str, trial: Trial, cause: str) -> None:
        """Record that nobody waits for the end of a trial's run any more. It stays reserved.

        Args:
            sweep_id: the sweep.
            trial: the trial as it was read, with the reservation of the run.
            cause: what is known of its end.
        """
        self._transactions.write(*giving_up(self._transactions, sweep_id, trial, cause))

    @translates_errors
    def set_parameters(self, sweep_id: str, number: int, parameters: Payload) -> Payload:
        """Record the hyperparameters of a trial unless it has some, and return those it has."""
        response = self._client.update_item(
            TableName=self._name,
            Key=trial_key(sweep_id, number),
            UpdateExpression="SET #parameters = if_not_exists(#parameters, :new)",
            ExpressionAttributeNames={"#parameters": "parameters"},
            ExpressionAttributeValues={":new": {"S": json.dumps(parameters)}},
            ReturnValues="ALL_NEW",
        )
        return trial_from(response["Attributes"]).parameters or {}

    @translates_errors
    def wait(self, sweep_id: str, number: int) -> None:
        """Record that a trial waits for a settlement, unless a run of it is reserved."""
        self._set_status(sweep_id, number, TrialStatus.WAITING, None)

    @translates_errors
    def skip(self, sweep_id: str, number: int, cause: str) -> None:
        """Record that a trial is not started, unless it has had a run."""
        self._set_status(sweep_id, number, TrialStatus.NOT_STARTED, cause)

    @translates_errors
    def sleepers(self, sweep_id: str) -> dict[int, str]:
        """Return the task tokens of the trials that sleep, by number (a consistent read)."""
        found = {
            int(item[ITEM]["S"].removeprefix(WAIT_PREFIX)): item["task_token"]["S"]
            for item in self._items(sweep_id, WAIT_PREFIX)
        }
        return dict(sorted(found.items()))

    @translates_errors
    def forget_sleep(self, sweep_id: str, number: int) -> None:
        """Delete the item of a trial that no longer sleeps."""
        self._client.delete_item(TableName=self._name, Key=wait_key(sweep_id, number))

    @translates_errors
    def stop(self, sweep_id: str, reason: StopReason) -> Sweep | None:
        """Let a sweep start no further trial; the first reason stays.

        Returns:
            The sweep, or None if there is none.
        """
        try:
            response = self._client.update_item(
                TableName=self._name,
                Key=sweep_key(sweep_id),
                UpdateExpression="SET stop_reason = if_not_exists(stop_reason, :reason)",
                ConditionExpression=f"attribute_exists({PARTITION})",
                ExpressionAttributeValues={":reason": {"S": reason}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as err:
            if code_of(err) == _CONDITION_FAILED:
                return None
            raise
        return sweep_from(response["Attributes"])

    @translates_errors
    def close(self, sweep_id: str, closed_at: str) -> None:
        """Record that all runs of a sweep are settled, and that it starts no more."""
        self._client.update_item(
            TableName=self._name,
            Key=sweep_key(sweep_id),
            UpdateExpression="SET closed_at = if_not_exists(closed_at, :at)",
            ExpressionAttributeValues={":at": {"S": closed_at}},
        )
        self._client.delete_item(TableName=self._name, Key=open_key(sweep_id))

    def _set_status(
        self, sweep_id: str, number: int, status: TrialStatus, cause: str | None
    ) -> None:
        values: dict[str, Value] = {":status": {"S": status}}
        assignments = "SET #status = :status"
        if cause is not None:
            assignments += ", cause = :cause"
            values[":cause"] = {"S": cause}
        try:
            self._client.update_item(
                TableName=self._name,
                Key=trial_key(sweep_id, number),
                UpdateExpression=assignments,
                ConditionExpression="attribute_not_exists(runs)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values,
            )
        except ClientError as err:
            if code_of(err) != _CONDITION_FAILED:
                raise

    def _items(self, sweep_id: str, prefix: str) -> Iterator[Mapping[str, AttributeValueTypeDef]]:
        """Yield the items of a sweep whose key begins so, by their keys (a consistent read)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="#sweep = :sweep AND begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#sweep": PARTITION, "#item": ITEM},
            ExpressionAttributeValues={":sweep": {"S": sweep_id}, ":prefix": {"S": prefix}},
        )
        for page in pages:
            yield from page["Items"]
