"""The reaper in a rehearsal: it watches heartbeats from the moment on at which a machine hangs.

Until then there is nothing that it could find, and each hour of a rehearsed year would be a run.
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
    """Let the reaper run on its schedule from the first fault on that silences a machine.

    It does until what is returned is called.

    Args:
        aws: in which Parris is deployed, with its reaper switched off.
        clock: that drives it.
        faults: what is to go wrong.
        submitted_at: what their times count from.
    """
    moments = [submitted_at + one.after for one in faults if one.kind in _SILENCING_KINDS]
    if not moments:
        return lambda: None
    cancel = clock.call_at(min(moments), partial(_switch, aws, is_on=True))

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
