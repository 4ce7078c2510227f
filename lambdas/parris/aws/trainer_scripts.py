"""Trainer scripts: from the training bucket, else from the deployed package."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from parris.errors import ConfigInvalidError
from parris.job import Script

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.bucket import Bucket


class TrainerScripts:
    """Where a job's `training-script-filename` leads."""

    def __init__(self, bucket: Bucket, packaged: Path) -> None:
        self._bucket = bucket
        self._packaged = packaged

    def find(self, filename: str) -> Script | None:
        """Return the script of that key or name, None where neither place has it."""
        name = PurePosixPath(filename).name
        body = self._bucket.read(filename)
        if body is not None:
            source = f"s3://{self._bucket.name}/{filename}"
            return Script(filename=name, source=source, sha256=_digest(body))
        body = self._packaged_body(filename)
        return None if body is None else Script(name, source=filename, sha256=_digest(body))

    def read(self, script: Script) -> bytes:
        """Return the script's bytes.

        Raises:
            ConfigInvalidError: when it is gone, or not what it was when the job was validated.
        """
        prefix = f"s3://{self._bucket.name}/"
        if script.source.startswith(prefix):
            body = self._bucket.read(script.source.removeprefix(prefix))
        else:
            body = self._packaged_body(script.source)
        if body is None or _digest(body) != script.sha256:
            raise ConfigInvalidError(f"{script.source} changed after it was validated; start again")
        return body

    def _packaged_body(self, filename: str) -> bytes | None:
        if "/" in filename:
            return None
        path = self._packaged / filename
        return path.read_bytes() if path.is_file() else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
