"""Files that a config names, from the training bucket or else from the deployed package."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from parris.errors import ConfigInvalidError
from parris.job import UserFile
from parris.payloads import Payload, text_in
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from pathlib import Path

    from parris.aws.bucket import Bucket


class UserFiles:
    """Finds and reads the files that configs name."""

    def __init__(self, bucket: Bucket, packaged: Path) -> None:
        self._bucket = bucket
        self._packaged = packaged

    def find_named(
        self,
        config: Payload,
        keys: Iterable[str],
        wrong: Container[str],
        violations_in: Callable[[Payload, bytes], Iterable[Violation]] = lambda config, body: (),
    ) -> tuple[UserFile | None, list[Violation]]:
        """Return the file that the first of the keys names, or a violation if it does not exist.

        Args:
            config: the merged config.
            keys: the config keys that may name the file.
            wrong: the config keys whose values violate the schema.
            violations_in: returns what is wrong with the file's content.
        """
        key = next((one for one in keys if one in config and one not in wrong), None)
        if key is None:
            return None, []
        filename = text_in(config, key)
        file, body = self._find(filename)
        if file is not None:
            return file, list(violations_in(config, body))
        expected = f"a key in s3://{self._bucket.name}/ or a file deployed with the package"
        return None, [Violation(f"/{key}", shown(filename), expected)]

    def read(self, file: UserFile) -> bytes:
        """Return the file's bytes.

        Raises:
            ConfigInvalidError: if the file was deleted or changed since the validation.
        """
        prefix = f"s3://{self._bucket.name}/"
        if file.source.startswith(prefix):
            body = self._bucket.read(file.source.removeprefix(prefix))
        else:
            body = self._packaged_body(file.source)
        if body is None or _digest(body) != file.sha256:
            raise ConfigInvalidError(f"{file.source} changed after validation; start the job again")
        return body

    def body_of(self, filename: str) -> bytes | None:
        """Return the bytes of the file of that key or name, None if there is none."""
        file, body = self._find(filename)
        return None if file is None else body

    def _find(self, filename: str) -> tuple[UserFile | None, bytes]:
        """Return the file of that key or name, None where neither place has it."""
        source = f"s3://{self._bucket.name}/{filename}"
        body = self._bucket.read(filename)
        if body is None:
            source, body = filename, self._packaged_body(filename)
        if body is None:
            return None, b""
        return UserFile(PurePosixPath(filename).name, source, _digest(body)), body

    def _packaged_body(self, filename: str) -> bytes | None:
        if "/" in filename:
            return None
        path = self._packaged / filename
        return path.read_bytes() if path.is_file() else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
