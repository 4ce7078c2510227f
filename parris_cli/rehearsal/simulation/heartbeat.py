"""The heartbeat of a simulated runner, computed when it is read.

A timer every five minutes would cost a job of months 10,000 steps of the clock. Instead, one object
in the bucket computes its text and its date from the clock at each read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

from moto.s3.models import FakeKey, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.context import current
from parris_cli.rehearsal.simulation.runner_files import iso

# As in templates/runner/runner_heartbeat.py.
INTERVAL = timedelta(seconds=300)


class Heartbeat:
    """The heartbeats of one runner.

    Args:
        now: the clock.
        sync_interval: how often changed results are uploaded while the script is running.
    """

    def __init__(self, now: Callable[[], datetime], sync_interval: timedelta) -> None:
        """Send heartbeats from now on."""
        self._now = now
        self._sync_interval = sync_interval
        self._started_at = now()
        self._script_ended_at: datetime | None = None
        self._ended_at: datetime | None = None

    def end_script(self) -> None:
        """Record that the script has ended; heartbeats continue while the runner saves."""
        self._script_ended_at = self._script_ended_at or self._now()

    def end(self) -> None:
        """End the heartbeats: the runner has ended, with or without success."""
        self._ended_at = self._ended_at or self._now()

    def last_beat(self) -> datetime:
        """Return the time of the last heartbeat."""
        return _last_multiple(self._started_at, self._ended_at or self._now(), INTERVAL)

    def text(self) -> str:
        """Return heartbeat.json as of the last heartbeat."""
        at = self.last_beat()
        is_running = self._script_ended_at is None or at < self._script_ended_at
        synced_at = _last_multiple(
            self._started_at, at if is_running else self._script_ended_at or at, self._sync_interval
        )
        return json.dumps(
            {
                "written_at": iso(at),
                "is_script_running": is_running,
                "results_synced_at": iso(synced_at) if synced_at > self._started_at else None,
                "metrics": {},
            }
        )


def let_beat(bucket: str, key: str, region: str, heartbeat: Heartbeat) -> None:
    """Turn an object that a runner wrote into its heartbeat."""
    account_id = current().settings.account_id
    backend = s3_backends[account_id][get_partition(region)]
    written: Any = backend.buckets[bucket].keys.get(key)
    if written is not None:
        written.__class__ = _BeatingKey
        written.heartbeat = heartbeat
        # The timestamp of the first heartbeat.
        written.checksum_value = written.checksum_algorithm = None


class _BeatingKey(FakeKey):
    """An object of moto whose date and content are computed from the clock."""

    heartbeat: Heartbeat

    @property
    def last_modified(self) -> datetime:
        return self.heartbeat.last_beat().astimezone(UTC).replace(tzinfo=None)  # the form of moto

    @last_modified.setter
    def last_modified(self, value: datetime) -> None:
        raise AttributeError("a heartbeat computes its own date")

    @property
    def value(self) -> bytes:
        return self.heartbeat.text().encode()

    @property
    def size(self) -> int:
        return len(self.value)

    @property
    def etag(self) -> str:
        return f'"{md5(self.value, usedforsecurity=False).hexdigest()}"'


def _last_multiple(first: datetime, until: datetime, interval: timedelta) -> datetime:
    return first + max((until - first) // interval, 0) * interval
