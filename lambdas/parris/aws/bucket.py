"""S3: the training bucket."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef, HeadObjectOutputTypeDef

    from parris.payloads import Payload

# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
LONGEST_KEY_BYTES = 1024


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form with which a browser uploads a file: where to post it, and the other fields."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object: its key, and its size in bytes."""

    key: str
    size_bytes: int


class Bucket:
    """The training bucket of this deployment."""

    def __init__(self, client: S3Client, name: str) -> None:
        self._client = client
        self.name = name

    def read(self, key: str, most_bytes: int | None = None) -> bytes | None:
        """Return the object's bytes, its first `most_bytes`; None where there is none."""
        body = self._open(key)
        return None if body is None else self._read(body, most_bytes)

    def written_at(self, key: str) -> datetime | None:
        """Return when S3 received the object, or None if there is no such object."""
        found = self._head(key)
        return None if found is None else found["LastModified"]

    def size_of(self, key: str) -> int | None:
        """Return the object's size in bytes, or None where there is none."""
        found = self._head(key)
        return None if found is None else found["ContentLength"]

    def read_pieces(self, key: str, piece_bytes: int) -> Iterator[bytes]:
        """Yield the object's bytes in pieces; nothing where there is no object."""
        body = self._open(key)
        while body is not None and (piece := self._read(body, piece_bytes)):
            yield piece

    @translates_errors
    def has_any(self, prefix: str) -> bool:
        """Return whether there is any object below a prefix."""
        found = self._client.list_objects_v2(Bucket=self.name, Prefix=prefix, MaxKeys=1)
        return bool(found.get("KeyCount"))

    @translates_errors
    def _open(self, key: str) -> StreamingBody | None:
        try:
            return self._client.get_object(Bucket=self.name, Key=key)["Body"]
        except ClientError as err:
            if not _is_missing(err):
                raise
            return None

    @translates_errors
    def _head(self, key: str) -> HeadObjectOutputTypeDef | None:
        try:
            return self._client.head_object(Bucket=self.name, Key=key)
        except ClientError as err:
            if not _is_missing(err):
                raise
            return None

    @translates_errors
    def _read(self, body: StreamingBody, size: int | None) -> bytes:
        return body.read(size)

    @translates_errors
    def copy(self, key: str, target_key: str) -> bool:
        """Copy an object within the bucket, and return whether there was one to copy."""
        source: CopySourceTypeDef = {"Bucket": self.name, "Key": key}
        try:
            # Tags would need permissions of their own.
            self._client.copy_object(
                Bucket=self.name, Key=target_key, CopySource=source, TaggingDirective="REPLACE"
            )
        except ClientError as err:
            if not _is_missing(err):
                raise
            return False
        return True

    def read_json(self, key: str) -> Payload | None:
        """Return the content of a JSON file, or None if there is no such file.

        Raises:
            ValueError: if it is not a JSON object.
        """
        body = self.read(key)
        if body is None:
            return None
        value = json.loads(body)
        if not isinstance(value, dict):
            raise ValueError(f"s3://{self.name}/{key} is not a JSON object")
        return cast("Payload", value)

    @translates_errors
    def write(self, key: str, body: bytes) -> str:
        """Write an object, replacing any existing one, and return its entity tag."""
        return self._client.put_object(Bucket=self.name, Key=key, Body=body)["ETag"].strip('"')

    @translates_errors
    def delete_version(self, key: str, etag: str) -> bool:
        """Delete an object that still has this entity tag, and return whether it had."""
        try:
            self._client.delete_object(Bucket=self.name, Key=key, IfMatch=f'"{etag}"')
        except ClientError as err:
            if code_of(err) not in ("PreconditionFailed", "412") and not _is_missing(err):
                raise
            return False
        return True

    @translates_errors
    def download_url(self, key: str, seconds: int) -> str:
        """Return a URL that reads an object without further permissions for that long."""
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.name, "Key": key}, ExpiresIn=seconds
        )

    @translates_errors
    def upload_form(self, key: str, most_bytes: int, seconds: int) -> UploadForm:
        """Return a form that writes an object of 1 to `most_bytes` bytes for that long."""
        # botocore takes the address from its model of create_bucket, which is kept for that.
        form = self._client.generate_presigned_post(
            Bucket=self.name,
            Key=key,
            Conditions=[["content-length-range", 1, most_bytes]],
            ExpiresIn=seconds,
        )
        return UploadForm(form["url"], dict(form["fields"]))

    @property
    def form_origin(self) -> str:
        """Return the origin to which upload forms are posted; no request is made."""
        parts = urllib.parse.urlsplit(self.upload_form("any", 1, 1).url)
        return f"{parts.scheme}://{parts.netloc}"

    @translates_errors
    def list_below(self, prefix: str, most: int) -> tuple[StoredObject, ...]:
        """Return the first objects below a prefix."""
        found = self._client.list_objects_v2(Bucket=self.name, Prefix=prefix, MaxKeys=most)
        return tuple(
            StoredObject(one["Key"], int(one["Size"])) for one in found.get("Contents", [])
        )

    @translates_errors
    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""
        self._client.delete_object(Bucket=self.name, Key=key)

    @translates_errors
    def delete_below(self, prefix: str) -> int:
        """Delete all objects below a prefix that ends with a slash, and return how many.

        Raises:
            ValueError: if the prefix could match other folders.
        """
        if not prefix.endswith("/") or prefix.startswith("/"):
            raise ValueError(f"{prefix!r} is no folder")
        count = 0
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix
        )
        for page in pages:
            for found in page.get("Contents", []):
                self._client.delete_object(Bucket=self.name, Key=found["Key"])
                count += 1
        return count


def is_object_key(text: str) -> bool:
    """Return whether a string can be the key of an object."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= LONGEST_KEY_BYTES and "\0" not in text


def _is_missing(err: ClientError) -> bool:
    """Return whether S3 has no such object. HeadObject returns the status as the code."""
    return code_of(err) in ("NoSuchKey", "404")
