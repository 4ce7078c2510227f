"""The file metrics.jsonl: all values of all metrics, or every nth one if there are too many."""

from __future__ import annotations

import json
import os
from io import FileIO
from pathlib import Path

LIMIT_BYTES = 20 * 1024 * 1024

Row = dict[str, object]


class MetricsFile:
    """Stores rows. When it is full, it drops every second row of each metric, and later ones too.

    So it covers the whole run at a decreasing resolution.

    Args:
        path: the path of the file.
        limit_bytes: the maximum size of the file.
    """

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        """Create no file yet."""
        self.path = path
        self._limit_bytes = limit_bytes
        self._file: FileIO | None = None
        self._bytes = 0
        self._stride = 1
        self._counts: dict[str, int] = {}
        self._left_out: dict[str, Row] = {}

    def add(self, rows: list[Row]) -> None:
        """Write rows.

        Raises:
            OSError: if the disk does not accept them.
        """
        chosen = []
        for row in rows:
            name = str(row["name"])
            count = self._counts[name] = self._counts.get(name, 0) + 1
            if (count - 1) % self._stride:
                self._left_out[name] = row
            else:
                self._left_out.pop(name, None)
                chosen.append(row)
        self._write(chosen)
        while self._bytes > self._limit_bytes and self._thin_out():
            continue

    def finish(self) -> None:
        """Write the last value of each metric, if it was left out.

        Raises:
            OSError: if the disk does not accept them.
        """
        self._write(list(self._left_out.values()))
        self._left_out = {}
        if self._file is not None:
            self._file.close()

    def _write(self, rows: list[Row]) -> None:
        if not rows:
            return
        if self._file is None:
            self._file = self.path.open("wb", buffering=0)
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        written = self._file.write(text)
        self._bytes += written
        if written < len(text):
            raise OSError("the disk took a part of a line")

    def _thin_out(self) -> bool:
        """Drop every second row of each metric, and return whether there is room now."""
        before_bytes = self._bytes
        counts: dict[str, int] = {}
        thin = self.path.with_name(f"{self.path.name}.thin")
        with self.path.open("rb") as old, thin.open("wb") as new:
            for line in old:
                name = str(json.loads(line)["name"])
                counts[name] = counts.get(name, 0) + 1
                if counts[name] % 2:
                    new.write(line)
        os.replace(thin, self.path)
        if self._file is not None:
            self._file.close()
        self._file = self.path.open("ab", buffering=0)
        self._bytes = self.path.stat().st_size
        self._stride *= 2
        return self._bytes < before_bytes
