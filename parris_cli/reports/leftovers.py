"""What of a job is still there: asked of AWS at the end, never assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from parris_cli.aws_errors import AWS_ERRORS, describe_error, is_expired

if TYPE_CHECKING:
    from parris_cli.account.clients import Account

_TAG = "parris:execution"
_GONE = frozenset({"terminated", "deleted", "DELETE_COMPLETE"})


class Leftover(TypedDict):
    """An instance, a volume or a stack that is still there."""

    kind: str
    id: str
    state: str


def find_leftovers(account: Account, execution_arn: str) -> list[Leftover]:
    """Return every instance, volume and stack that carries the execution's tag and is not gone."""
    found = [
        *_instances(account, execution_arn),
        *_volumes(account, execution_arn),
        *_stacks(account, execution_arn),
    ]
    return [one for one in found if one["state"] not in _GONE]


def find_known_leftovers(account: Account, execution_arn: str) -> tuple[list[Leftover], str]:
    """Return what is still there as far as AWS tells it, and why the rest is not known."""
    found: list[Leftover] = []
    unknown: list[str] = []
    for find in (_instances, _volumes, _stacks):
        try:
            found += [one for one in find(account, execution_arn) if one["state"] not in _GONE]
        except AWS_ERRORS as err:
            words = describe_error(err)
            unknown += [] if words in unknown else [words]
            if is_expired(err):
                break
    return found, "; ".join(unknown)


def _instances(account: Account, execution_arn: str) -> list[Leftover]:
    pages = account.ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": f"tag:{_TAG}", "Values": [execution_arn]}]
    )
    return [
        {"kind": "instance", "id": one["InstanceId"], "state": one["State"]["Name"]}
        for page in pages
        for group in page["Reservations"]
        for one in group["Instances"]
    ]


def _volumes(account: Account, execution_arn: str) -> list[Leftover]:
    pages = account.ec2.get_paginator("describe_volumes").paginate(
        Filters=[{"Name": f"tag:{_TAG}", "Values": [execution_arn]}]
    )
    return [
        {"kind": "volume", "id": one["VolumeId"], "state": one["State"]}
        for page in pages
        for one in page["Volumes"]
    ]


def _stacks(account: Account, execution_arn: str) -> list[Leftover]:
    pages = account.cloudformation.get_paginator("describe_stacks").paginate()
    return [
        {"kind": "stack", "id": one["StackId"], "state": one["StackStatus"]}
        for page in pages
        for one in page["Stacks"]
        if {"Key": _TAG, "Value": execution_arn} in one.get("Tags", [])
    ]
