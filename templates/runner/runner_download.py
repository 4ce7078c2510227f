"""Downloads objects with the runner's own requests, for images without the `aws` command."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from runner_http import AwsClient, AwsError
from runner_s3 import RESULT_WAITS_SECONDS, Bucket

_PIECE_BYTES = 16 * 1024 * 1024
_THREADS = 8
_TIMEOUT_SECONDS = 120.0
_URI = re.compile(r"s3://([^/]+)/(.*)")


class Download:
    """Downloads from any bucket that the credentials can read."""

    def __init__(self, client: AwsClient, region: str, should_stop: Callable[[], bool]) -> None:
        """Send no request yet."""
        self._client = client
        self._region = region
        self._should_stop = should_stop

    def file(self, uri: str, target: Path) -> bool:
        """Copy one object to a file. Return False if there is no object with this key.

        Raises:
            AwsError, OSError: if it cannot be read or written.
        """
        bucket, key = self._place(uri)
        try:
            self._copy(bucket, key, target)
        except AwsError as error:
            if error.code in ("NoSuchKey", "404"):
                return False
            raise
        return True

    def folder(self, uri: str, target: Path) -> int:
        """Copy everything below a URI into a folder and return how many objects there were.

        Raises:
            AwsError, OSError: if something cannot be read or written.
        """
        bucket, prefix = self._place(f"{uri.rstrip('/')}/")
        target.mkdir(parents=True, exist_ok=True)
        names = [name for name in bucket.list_sizes(prefix, _soon) if not name.endswith("/")]

        def copy(name: str) -> None:
            if not self._should_stop():
                self._copy(bucket, f"{prefix}{name}", _below(target, name))

        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in pool.map(copy, names):
                pass
        return len(names)

    def _place(self, uri: str) -> tuple[Bucket, str]:
        found = _URI.fullmatch(uri)
        if found is None:
            raise AwsError("", f"{uri} is no S3 URI", False)
        return Bucket(self._client, found[1], self._region), found[2]

    def _copy(self, bucket: Bucket, key: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as opened:
            size = 1
            while opened.tell() < size and not self._should_stop():
                start = opened.tell()
                piece, size = bucket.retry(
                    lambda start=start: bucket.get_piece(key, start, _PIECE_BYTES, _soon),  # type: ignore[misc]
                    RESULT_WAITS_SECONDS,
                )
                opened.write(piece)


def _soon() -> float:
    return time.time() + _TIMEOUT_SECONDS


def _below(folder: Path, name: str) -> Path:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise AwsError("", f"the key {name!r} leads out of its folder", False)
    return folder.joinpath(*parts)
