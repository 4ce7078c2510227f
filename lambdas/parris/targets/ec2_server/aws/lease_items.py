"""The item of a server's lease in the jobs table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.ec2_server.lease import Holder, Lease, Request, StartFailure
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef as Value


def item_of(lease: Lease, version: int) -> dict[str, Value]:
    """Return the attributes of a lease, without the key."""
    item: dict[str, Value] = {
        "version": {"N": str(version)},
        "queue": {"L": [{"M": _request_item(one)} for one in lease.queue]},
    }
    if lease.holder is not None:
        item["holder"] = {"M": _holder_item(lease.holder)}
    return item


def lease_from(server_id: str, item: Mapping[str, AttributeValueTypeDef]) -> Lease:
    """Return the lease in an item; a free one in an empty item."""
    holder = item.get("holder", {}).get("M")
    return Lease(
        server_id,
        version=int(item.get("version", {}).get("N", "0")),
        holder=None if holder is None else _holder_from(holder),
        queue=tuple(_request_from(one["M"]) for one in item.get("queue", {}).get("L", ())),
    )


def _holder_item(holder: Holder) -> dict[str, Value]:
    item = {
        **_request_item(holder.request),
        "is_started_by_us": {"BOOL": holder.is_started_by_us},
        "is_stop_requested": {"BOOL": holder.is_stop_requested},
    }
    # `until` is for readers that know the limits of no job, such as an API.
    times = {
        "since": holder.since,
        "until": holder.until,
        "start_requested_at": holder.start_requested_at,
        "own_launch_time": holder.own_launch_time,
    }
    item |= {name: _timestamp(at) for name, at in times.items() if at is not None}
    failure = holder.start_failure
    if failure is not None:
        item["start_failure"] = {"M": {"code": {"S": failure.code}, "text": {"S": failure.text}}}
    return item


def _holder_from(item: Mapping[str, AttributeValueTypeDef]) -> Holder:
    failure = item.get("start_failure", {}).get("M")
    return Holder(
        request=_request_from(item),
        since=_maybe_timestamp(item, "since"),
        is_started_by_us=item["is_started_by_us"]["BOOL"],
        start_requested_at=_maybe_timestamp(item, "start_requested_at"),
        start_failure=(
            None if failure is None else StartFailure(failure["code"]["S"], failure["text"]["S"])
        ),
        own_launch_time=_maybe_timestamp(item, "own_launch_time"),
        is_stop_requested=item.get("is_stop_requested", {}).get("BOOL", False),
    )


def _request_item(request: Request) -> dict[str, Value]:
    item: dict[str, Value] = {
        "execution_arn": {"S": request.execution_arn},
        "training_job_name": {"S": request.training_job_name},
        "machine_id": {"S": request.machine_id},
        "attempt": {"N": str(request.attempt)},
        "requested_at": _timestamp(request.requested_at),
    }
    if request.limit_seconds is not None:
        item["limit_seconds"] = {"N": str(request.limit_seconds)}
    return item


def _request_from(item: Mapping[str, AttributeValueTypeDef]) -> Request:
    limit = item.get("limit_seconds", {}).get("N")
    return Request(
        execution_arn=item["execution_arn"]["S"],
        training_job_name=item["training_job_name"]["S"],
        machine_id=item["machine_id"]["S"],
        attempt=int(item["attempt"]["N"]),
        requested_at=parse_timestamp(item["requested_at"]["S"]),
        limit_seconds=None if limit is None else int(limit),
    )


def _timestamp(at: datetime) -> Value:
    return {"S": format_timestamp(at)}


def _maybe_timestamp(item: Mapping[str, AttributeValueTypeDef], name: str) -> datetime | None:
    text = item.get(name, {}).get("S")
    return None if text is None else parse_timestamp(text)
