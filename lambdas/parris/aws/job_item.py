"""The item of a job name in the jobs table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


@dataclass(frozen=True, slots=True)
class JobItem:
    """The run that holds a job name, the requests to it, and how it ends once that is decided.

    `keep_until` is a timestamp or `always` if resources of the run are kept. `is_woken` is true
    between a wake and the check that follows, and `reported` has the causes of all wakes since the
    launch. `reported_state` is what the latest event of a machine has reported, and
    `reported_machine` is that machine. `waiting_for` is what a sleeping run waits for,
    `sleeps_until` when that sleep ends by itself, and `launch_id` what the run has launched, if it
    has slept since. `silent_since` is the last heartbeat before the latest silence that the run was
    woken for, and `silences` counts these silences.
    """

    execution_arn: str
    submitted_at: str
    is_stop_requested: bool
    superseded_by: str | None
    reported_state: str | None
    task_token: str | None
    end_reason: str | None = None
    end_decided_at: str | None = None
    keep_until: str | None = None
    is_woken: bool = False
    reported: frozenset[str] = frozenset()
    waiting_for: str | None = None
    launch_id: str | None = None
    silent_since: str | None = None
    silences: int = 0
    sleeps_until: str | None = None
    reported_machine: str | None = None

    def state_reported_of(self, machine_id: str) -> str | None:
        """Return the machine's state according to the latest event, or None.

        The event of an earlier machine of the run may come late, when the next one runs.
        """
        return self.reported_state if self.reported_machine == machine_id else None


def job_item_from(item: Mapping[str, AttributeValueTypeDef]) -> JobItem:
    """Return the item of a job name from its DynamoDB attributes."""
    return JobItem(
        execution_arn=item["execution_arn"]["S"],
        submitted_at=item["submitted_at"]["S"],
        is_stop_requested="stop_requested_at" in item,
        superseded_by=item.get("superseded_by", {}).get("S"),
        reported_state=item.get("reported_state", {}).get("S"),
        task_token=item.get("task_token", {}).get("S"),
        end_reason=item.get("end_reason", {}).get("S"),
        end_decided_at=item.get("end_decided_at", {}).get("S"),
        keep_until=item.get("keep_until", {}).get("S"),
        is_woken="wake" in item,
        reported=frozenset(item.get("reported", {}).get("SS", ())),
        waiting_for=item.get("waiting_for", {}).get("S"),
        launch_id=item.get("launch_id", {}).get("S"),
        silent_since=item.get("silent_since", {}).get("S"),
        silences=int(item.get("silences", {}).get("S", "0")),
        sleeps_until=item.get("sleeps_until", {}).get("S"),
        reported_machine=item.get("reported_machine", {}).get("S"),
    )
