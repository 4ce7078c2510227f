"""Code archives in the training bucket: the packed files that a script needs.

An archive is never loaded into memory whole: it is read in pieces and copied by S3.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from parris.aws.bucket import is_object_key
from parris.errors import ConfigInvalidError
from parris.job import UserFile
from parris.validation.code import CODE_KEY, MOST_BYTES, find_archive_violations
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket

_HEAD_BYTES = 512
_PIECE_BYTES = 1024 * 1024


class CodeArchives:
    """The archives that configs name."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def find(self, key: str) -> tuple[UserFile | None, list[Violation]]:
        """Return the archive with that key in the training bucket, or its violations."""
        size_bytes = self._bucket.size_of(key) if is_object_key(key) else None
        if size_bytes is None:
            expected = (
                f"the key of an archive in s3://{self._bucket.name}/; there is no such object."
                f" Upload it: aws s3 cp code.tar.gz s3://{self._bucket.name}/{key}"
            )
            return None, [Violation(f"/{CODE_KEY}", shown(key), expected)]
        if size_bytes > MOST_BYTES:
            return None, find_archive_violations(key, size_bytes, b"")
        head, sha256 = self._digest(key)
        violations = find_archive_violations(key, size_bytes, head)
        return UserFile(key.rpartition("/")[2], self._source_of(key), sha256), violations

    def require(self, archive: UserFile) -> None:
        """Check that the archive has not changed since the job was validated.

        Raises:
            ConfigInvalidError: if it is gone or has changed.
        """
        if self._digest(self._key_of(archive))[1] != archive.sha256:
            raise _changed(archive)

    def copy(self, archive: UserFile, key: str) -> None:
        """Copy the archive to another key. Its reader compares the digest.

        Raises:
            ConfigInvalidError: if it is gone.
        """
        if not self._bucket.copy(self._key_of(archive), key):
            raise _changed(archive)

    def _digest(self, key: str) -> tuple[bytes, str]:
        """Return the first bytes and the digest; those of no bytes if the archive is gone."""
        head, digest = b"", hashlib.sha256()
        for piece in self._bucket.read_pieces(key, _PIECE_BYTES):
            head = head or piece[:_HEAD_BYTES]
            digest.update(piece)
        return head, digest.hexdigest()

    def _source_of(self, key: str) -> str:
        return f"s3://{self._bucket.name}/{key}"

    def _key_of(self, archive: UserFile) -> str:
        return archive.source.removeprefix(self._source_of(""))


def _changed(archive: UserFile) -> ConfigInvalidError:
    return ConfigInvalidError(f"{archive.source} changed after validation; start again")
