"""Runs the reaper in a rehearsal, from the time at which a machine goes silent.

Until then it could find nothing, and a rehearsed year would have a reaper run every hour.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from embedded_aws import EmbeddedAws
    from embedded_aws.clock.virtual_clock import VirtualClock
    from parris_cli.rehearsal.options import FaultOption

_SILENCING_KINDS = frozenset({"machine-silent", "machine-impaired", "no-s3-rights"})


def watch_heartbeats(
    aws: EmbeddedAws, clock: VirtualClock, faults: Iterable[FaultOption], submitted_at: datetime
) -> Callable[[], None]:
    """Run the reaper on its schedule from the first fault that silences a machine.

    It runs until the returned function is called.

    Args:
        aws: the embedded AWS with Parris, whose reaper is disabled.
        clock: the clock of that AWS.
        faults: the faults of the rehearsal.
        submitted_at: the time that the faults' times are relative to.
    """
    timestamps = [submitted_at + one.after for one in faults if one.kind in _SILENCING_KINDS]
    if not timestamps:
        return lambda: None
    cancel = clock.call_at(min(timestamps), partial(_switch, aws, is_on=True))

    def stop() -> None:
        cancel()
        _switch(aws, is_on=False)

    return stop


def _switch(aws: EmbeddedAws, *, is_on: bool) -> None:
    events = aws.client("events")
    switch = events.enable_rule if is_on else events.disable_rule
    for rule in events.list_rules()["Rules"]:
        if "ReapOrphans" in rule["Name"]:
            switch(Name=rule["Name"])
