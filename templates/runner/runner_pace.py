"""The upload speed: assumed at first, then measured."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SMALL_BYTES = 256 * 1024
"""Files up to this size are counted by number, larger ones by bytes."""

# The initial assumption is slow, so that the first sync comes early rather than late.
_ASSUMED_OBJECTS_PER_SECOND = 30.0
_ASSUMED_BYTES_PER_SECOND = 10e6
_ASSUMED_WEIGHT_SECONDS = 0.3
# A minute of uploading counts half as much as the following minute.
_HALF_LIFE_SECONDS = 60.0
_MEASURE_SECONDS = 1.0


class Load:
    """What remains to be uploaded."""

    def __init__(self, objects: int = 0, large_bytes: int = 0) -> None:
        """Count small files by their number, large ones by their bytes."""
        self.objects = objects
        self.large_bytes = large_bytes

    @classmethod
    def of(cls, sizes: list[int]) -> Load:
        """Return the load of files with these sizes in bytes."""
        large = [size for size in sizes if size > SMALL_BYTES]
        return cls(len(sizes) - len(large), sum(large))


class Pace:
    """The speed of the last uploads; recent ones count more."""

    def __init__(self) -> None:
        """Start with an assumed speed."""
        weight = _ASSUMED_WEIGHT_SECONDS
        self._lock = threading.Lock()
        self._objects = [_ASSUMED_OBJECTS_PER_SECOND * weight, weight]
        self._bytes = [_ASSUMED_BYTES_PER_SECOND * weight, weight]

    def seconds(self, load: Load) -> float:
        """Return the expected duration of an upload."""
        with self._lock:
            return (
                load.objects * self._objects[1] / self._objects[0]
                + load.large_bytes * self._bytes[1] / self._bytes[0]
            )

    def meter_objects(self) -> Meter:
        """Return a meter for an upload of small files, by object."""
        return Meter(lambda amount, seconds: self._add(self._objects, amount, seconds))

    def meter_bytes(self) -> Meter:
        """Return a meter for an upload of large files, by byte."""
        return Meter(lambda amount, seconds: self._add(self._bytes, amount, seconds))

    def _add(self, sums: list[float], amount: float, seconds: float) -> None:
        with self._lock:
            kept = 0.5 ** (seconds / _HALF_LIFE_SECONDS)
            sums[0] = sums[0] * kept + amount
            sums[1] = sums[1] * kept + seconds


class Meter:
    """Measures one upload and reports every second."""

    def __init__(self, report: Callable[[float, float], None]) -> None:
        """Start to measure."""
        self._report = report
        self._lock = threading.Lock()
        self._amount = 0.0
        self._since = time.monotonic()

    def add(self, amount: float) -> None:
        """Add what has been uploaded."""
        with self._lock:
            self._amount += amount
            if time.monotonic() - self._since >= _MEASURE_SECONDS:
                self._pass_on()

    def finish(self) -> None:
        """Report the rest."""
        with self._lock:
            if self._amount:
                self._pass_on()

    def _pass_on(self) -> None:
        now = time.monotonic()
        self._report(self._amount, max(now - self._since, 0.001))
        self._amount, self._since = 0.0, now
