"""The files of a prefix in the training bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
