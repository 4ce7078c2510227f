"""Reads the run index of a deployment: one item for each run that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.run_index import BY_OWNER, BY_TIME
from parris.timestamps import format_timestamp
from parris_cli.errors import RefusedError
from parris_cli.runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from parris.payloads import Json, Payload
    from parris_cli.account.clients import Account

_KIND = "run"


class RunIndexReader:
    """The run index of one deployment.

    Raises:
        RefusedError: if the deployment has none, since it is of an earlier version.
    """

    def __init__(self, account: Account) -> None:
        deployment = account.deployment
        if not deployment.runs_table:
            raise RefusedError(
                f"the deployment {deployment.name} has no list of runs; update it: parris deploy",
                reason=None,
            )
        self._client = account.client("dynamodb")
        self._table = deployment.runs_table

    def newest(self, owner: str | None = None, since: datetime | None = None) -> Iterator[Run]:
        """Yield the runs that have ended, the newest first, a page at a time.

        Args:
            owner: only the runs of this person.
            since: only those that were submitted then or later.
        """
        index, key = (BY_OWNER, "owner") if owner is not None else (BY_TIME, "kind")
        condition = "#key = :key"
        values: dict[str, Any] = {":key": {"S": _KIND if owner is None else owner}}
        if since is not None:
            condition += " AND submitted_at >= :since"
            values[":since"] = {"S": format_timestamp(since)}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            ScanIndexForward=False,
            KeyConditionExpression=condition,
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=values,
        )
        for page in pages:
            for item in page["Items"]:
                yield Run.from_entry(entry_of(item))

    def find(self, job_id: str) -> Run | None:
        """Return an ended run by its id, None if it is not in the index."""
        entry = self.entry(job_id)
        return Run.from_entry(entry) if entry else None

    def entry(self, job_id: str) -> Payload:
        """Return the entry of an ended run, empty if it is not in the index."""
        item = self._client.get_item(TableName=self._table, Key={"job_id": {"S": job_id}})
        return entry_of(item.get("Item", {}))


def entry_of(item: Mapping[str, Mapping[str, Any]]) -> Payload:
    """Return the entry in an item: texts and whole numbers."""
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Json:
    if "N" in value:
        return int(value["N"])
    return str(value["S"]) if "S" in value else None
