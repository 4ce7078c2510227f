"""Remembers a sweep of `parris sweep run --embedded`: its AWS ends with the command."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from parris_cli.local_runs.local_sweep import LocalSweep, write_local_sweep
from parris_cli.local_runs.reach import reachable
from parris_cli.sweeps.read_sweep import SweepReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.sweeps.start_sweep import StartedSweep
    from parris_cli.terminal.screen import Screen


class RememberingReader(SweepReader):
    """Reads a sweep, and writes what it has read into the history whenever that has changed."""

    def __init__(self, account: Account, sweep: LocalSweep, screen: Screen) -> None:
        super().__init__(account)
        self._sweep, self._screen = sweep, screen
        self._is_written = True
        self._write(sweep)

    def record(self, sweep_id: str) -> Payload | None:
        """Return what is known of a sweep, and remember it."""
        record = super().record(sweep_id)
        if record is not None and record != self._sweep.record:
            best_config = self.best_config(sweep_id) or {}
            self._write(replace(self._sweep, record=record, best_config=best_config))
        return record

    def _write(self, sweep: LocalSweep) -> None:
        self._sweep = sweep
        if not self._is_written:
            return
        try:
            write_local_sweep(sweep)
        except OSError as err:
            self._is_written = False
            self._screen.warn(f"this sweep will not be remembered: {err.strerror or err}")


@contextmanager
def remembered_sweep(
    account: Account, started: StartedSweep, screen: Screen
) -> Iterator[SweepReader]:
    """Write a sweep of an embedded AWS into the history, and keep that up to date in the block.

    Yields:
        A reader that writes what it reads.
    """
    with reachable(account) as port:
        sweep = LocalSweep(started.sweep_id, started.execution_arn, os.getpid(), port)
        yield RememberingReader(account, sweep, screen)
