"""The files of a prefix in the training bucket, and the names that they had on the machine.

S3 cannot take every name as it is. The runner percent-encodes such a name and lists it in
results-names.json; see docs/bootstrap-contract.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One object, as a listing tells it."""

    bucket: str
    key: str
    size_bytes: int
    etag: str
    modified_at: datetime


def list_files(client: S3Client, bucket: str, prefix: str) -> Iterator[StoredFile]:
    """Yield the files whose keys begin with a prefix."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for one in page.get("Contents", []):
            yield StoredFile(bucket, one["Key"], one["Size"], one["ETag"], one["LastModified"])


_DELETE = 0x7F


def decode_names(listed: bytes | None) -> Mapping[str, str]:
    """Return the names of the machine by those of the bucket, as far as they are plain text.

    One with control characters, or with bytes that are no UTF-8, is better left encoded: many
    programs, and a person's terminal, take it amiss.
    """
    try:
        found = json.loads(listed or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    decoded = {}
    for name, encoded in found.items():
        try:
            own = unquote_to_bytes(str(encoded)).decode()
        except ValueError:
            continue
        if all(ord(char) >= ord(" ") and not _DELETE <= ord(char) < 0xA0 for char in own):
            decoded[name] = own
    return decoded
