"""Files that a config names: from the training bucket, else from the deployed package."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from parris.errors import ConfigInvalidError
from parris.job import UserFile
from parris.payloads import Payload, text_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

    from parris.aws.bucket import Bucket


class UserFiles:
    """Where the keys of a config that name files lead."""

    def __init__(self, bucket: Bucket, packaged: Path) -> None:
        self._bucket = bucket
        self._packaged = packaged

    def find(self, filename: str) -> UserFile | None:
        """Return the file of that key or name, None where neither place has it."""
        name = PurePosixPath(filename).name
        body = self._bucket.read(filename)
        if body is not None:
            source = f"s3://{self._bucket.name}/{filename}"
            return UserFile(filename=name, source=source, sha256=_digest(body))
        body = self._packaged_body(filename)
        return None if body is None else UserFile(name, source=filename, sha256=_digest(body))

    def find_named(
        self, config: Payload, keys: Iterable[str], wrong: Container[str]
    ) -> tuple[UserFile | None, list[Violation]]:
        """Return the file that the first of the keys names, or a violation where there is none.

        Args:
            config: the merged config.
            keys: of which one may name a file.
            wrong: the keys whose values have a wrong shape.
        """
        key = next((one for one in keys if one in config and one not in wrong), None)
        if key is None:
            return None, []
        filename = text_in(config, key)
        file = self.find(filename)
        if file is not None:
            return file, []
        expected = f"a key in s3://{self._bucket.name}/ or a file deployed with the package"
        return None, [Violation(f"/{key}", shown(filename), expected)]

    def read(self, file: UserFile) -> bytes:
        """Return the file's bytes.

        Raises:
            ConfigInvalidError: when it is gone, or not what it was when the job was validated.
        """
        prefix = f"s3://{self._bucket.name}/"
        if file.source.startswith(prefix):
            body = self._bucket.read(file.source.removeprefix(prefix))
        else:
            body = self._packaged_body(file.source)
        if body is None or _digest(body) != file.sha256:
            raise ConfigInvalidError(f"{file.source} changed after it was validated; start again")
        return body

    def _packaged_body(self, filename: str) -> bytes | None:
        if "/" in filename:
            return None
        path = self._packaged / filename
        return path.read_bytes() if path.is_file() else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
