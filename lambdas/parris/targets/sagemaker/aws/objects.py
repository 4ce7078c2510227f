"""S3: objects that SageMaker has uploaded, in any bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.s3_uri import split_s3_uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Objects:
    """Objects by their URI."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    @translates_errors
    def has_any(self, uri: str) -> bool:
        """Return whether there is any object whose URI starts like that."""
        bucket, prefix = split_s3_uri(uri)
        found = self._client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        return bool(found.get("KeyCount"))
