"""Uploads local input data to the training bucket, once for each content."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.packing.plan_inputs import LocalInput

_UNKNOWN_YET = "local"


def upload_inputs(account: Account, config: Payload, inputs: Sequence[LocalInput]) -> Payload:
    """Upload what the bucket does not contain yet, and return the config keys with only URIs.

    Returns:
        The keys with local input data.

    Raises:
        RefusedError: if a file cannot be read.
    """
    digests = [one.digest() for one in inputs]
    for one, digest in zip(inputs, digests, strict=True):
        _upload(account, one, digest)
    return _with_uris(config, inputs, account.deployment.bucket, digests)


def input_uris(config: Payload, inputs: Sequence[LocalInput], bucket: str) -> Payload:
    """Return the same as `upload_inputs` without an upload.

    Raises:
        RefusedError: if a file cannot be read.
    """
    return _with_uris(config, inputs, bucket, [one.digest() for one in inputs])


def estimated_inputs(config: Payload, inputs: Sequence[LocalInput], bucket: str) -> Payload:
    """Return the same as `upload_inputs` for an estimate, without an upload."""
    return _with_uris(config, inputs, bucket, [_UNKNOWN_YET] * len(inputs))


def _with_uris(
    config: Payload, inputs: Sequence[LocalInput], bucket: str, digests: Sequence[str]
) -> Payload:
    found: Payload = {}
    for one, digest in zip(inputs, digests, strict=True):
        top = str(one.place[0])
        if top not in found:
            found[top] = copy.deepcopy(config[top])
        holder: Any = found
        for step in one.place[:-1]:
            holder = holder[step]
        holder[one.place[-1]] = one.uri(bucket, digest)
    return found


def _upload(account: Account, one: LocalInput, digest: str) -> None:
    bucket, top = account.deployment.bucket, one.key(digest)
    there = {
        found["Key"]: found["Size"]
        for page in account.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=top)
        for found in page.get("Contents", [])
    }
    for file in one.files:
        key = one.key(digest, file.name if one.is_folder else "")
        # An interrupted upload continues with the missing files.
        if there.get(key) != file.size_bytes:
            with file.path.open("rb") as body:
                account.s3.upload_fileobj(body, bucket, key)
