"""S3: the folders of runs at a team's experiments, in the training bucket or in another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translates_errors
from parris.errors import AwsDeniedError
from parris.s3_uri import split_s3_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client


class ExperimentFiles:
    """Writes to the folders of runs."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def write(self, folder_uri: str, files: Mapping[str, bytes]) -> str | None:
        """Write objects to a folder. Safe to repeat.

        Args:
            folder_uri: `s3://bucket/prefix/`, with a trailing slash.
            files: the objects by their names in the folder.

        Returns:
            None, or why S3 refuses to store them there.
        """
        bucket, prefix = split_s3_uri(folder_uri)
        try:
            for name, body in files.items():
                self._put(bucket, f"{prefix}{name}", body)
        except AwsDeniedError as err:
            return str(err)
        except ClientError as err:
            if code_of(err) != "NoSuchBucket":
                raise
            return message_of(err)
        return None

    @translates_errors
    def _put(self, bucket: str, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=bucket, Key=key, Body=body)
