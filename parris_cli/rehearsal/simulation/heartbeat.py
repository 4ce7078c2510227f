"""The heartbeat of a simulated runner, computed when it is read.

A timer every five minutes would cost a job of months 10,000 steps of the clock. So one object lies
in the bucket, and its text and its date follow from the clock at the moment of a read.
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
from parris_cli.rehearsal.simulation.runner_words import iso

# Of templates/runner/runner_heartbeat.py.
INTERVAL = timedelta(seconds=300)


class Heartbeat:
    """The beats of one runner.

    Args:
        now: the clock.
        sync_interval: how often changed results are uploaded while the script runs.
    """

    def __init__(self, now: Callable[[], datetime], sync_interval: timedelta) -> None:
        """Beat from now on."""
        self._now = now
        self._sync_interval = sync_interval
        self._started_at = now()
        self._script_ended_at: datetime | None = None
        self._ended_at: datetime | None = None

    def end_script(self) -> None:
        """Note that the script is over; the runner beats on while it saves."""
        self._script_ended_at = self._script_ended_at or self._now()

    def end(self) -> None:
        """Stop to beat: the runner is over, however that went."""
        self._ended_at = self._ended_at or self._now()

    def last_beat(self) -> datetime:
        """Return when the last one came."""
        return _last_multiple(self._started_at, self._ended_at or self._now(), INTERVAL)

    def text(self) -> str:
        """Return heartbeat.json as of the last beat."""
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
            }
        )


def let_beat(bucket: str, key: str, region: str, heartbeat: Heartbeat) -> None:
    """Let an object that a runner wrote be its heartbeat from now on."""
    account_id = current().settings.account_id
    backend = s3_backends[account_id][get_partition(region)]
    written: Any = backend.buckets[bucket].keys.get(key)
    if written is not None:
        written.__class__ = _BeatingKey
        written.heartbeat = heartbeat
        # That of the first beat.
        written.checksum_value = written.checksum_algorithm = None


class _BeatingKey(FakeKey):
    """An object of moto's whose date and content follow from the clock."""

    heartbeat: Heartbeat

    @property
    def last_modified(self) -> datetime:
        return self.heartbeat.last_beat().astimezone(UTC).replace(tzinfo=None)  # as moto has it

    @last_modified.setter
    def last_modified(self, value: datetime) -> None:
        raise AttributeError("a heartbeat has its own date")

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
