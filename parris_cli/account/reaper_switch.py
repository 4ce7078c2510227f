"""Switches the reaper's schedule on an embedded AWS, whose clock may jump over hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_aws import EmbeddedAws


def switch_reaper(aws: EmbeddedAws, *, is_on: bool) -> None:
    """Enable or disable the rule that runs the reaper.

    The deployment keeps its ReaperRate: its runs rely on the reaper.
    """
    events = aws.client("events", in_process=True)
    switch = events.enable_rule if is_on else events.disable_rule
    for rule in events.list_rules()["Rules"]:
        if "ReapOrphans" in rule["Name"]:
            switch(Name=rule["Name"])
