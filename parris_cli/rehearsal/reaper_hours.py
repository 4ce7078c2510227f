"""Runs the reaper in a rehearsal, from the time at which it may find something.

That is when a machine goes silent or is off: from then on the run may need the reaper, because an
event was lost. Until then the reaper could find nothing, and a rehearsed year would have a run of
it every hour.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from parris_cli.account.reaper_switch import switch_reaper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from embedded_aws import EmbeddedAws
    from embedded_aws.clock.virtual_clock import VirtualClock
    from parris_cli.rehearsal.options import FaultOption

_SILENCING_KINDS = frozenset({"machine-silent", "machine-impaired", "no-s3-rights"})


class SimulatedMachines(Protocol):
    """A driver, which calls `when_off` whenever one of its machines is off."""

    when_off: Callable[[], None]


def run_reaper_when_needed(
    aws: EmbeddedAws,
    clock: VirtualClock,
    machines: Iterable[SimulatedMachines],
    faults: Iterable[FaultOption],
    submitted_at: datetime,
) -> Callable[[], None]:
    """Run the reaper on its schedule once a machine is off, or a fault silences one.

    It runs until the returned function is called.

    Args:
        aws: the embedded AWS with Parris, whose reaper is disabled.
        clock: the clock of that AWS.
        machines: the drivers of the rehearsal's simulated machines.
        faults: the faults of the rehearsal.
        submitted_at: the time that the faults' times are relative to.
    """
    switch_on = partial(switch_reaper, aws, is_on=True)
    cancels = []

    def when_off() -> None:
        # Later, since this is called in the middle of a change of the machine.
        cancels.append(clock.call_at(clock.now(), switch_on))

    for driver in machines:
        driver.when_off = when_off
    timestamps = [submitted_at + one.after for one in faults if one.kind in _SILENCING_KINDS]
    if timestamps:
        cancels.append(clock.call_at(min(timestamps), switch_on))

    def stop() -> None:
        for driver in machines:
            driver.when_off = lambda: None
        for cancel in cancels:
            cancel()
        switch_reaper(aws, is_on=False)

    return stop
