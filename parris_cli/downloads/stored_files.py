"""Lists the files under a prefix of the training bucket, and their names on the machine.

S3 cannot store every name unchanged. The runner percent-encodes such a name and lists it in
results-names.json; see docs/bootstrap-contract.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from parris.runner_object import object_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One object, as in a listing."""

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
    """Return the original names by the names in the bucket, for those that are plain text.

    Names with control characters, or with bytes that are not UTF-8, stay encoded: many programs and
    terminals cannot handle them.
    """
    decoded = {}
    for name, encoded in object_in(listed).items():
        try:
            own = unquote_to_bytes(str(encoded)).decode()
        except ValueError:
            continue
        if all(ord(char) >= ord(" ") and not _DELETE <= ord(char) < 0xA0 for char in own):
            decoded[name] = own
    return decoded
