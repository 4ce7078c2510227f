"""The part of a notification on leftovers, with the commands that end them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.resource import Guide

_MOST_NAMED = 40
"""A job has a few resources; a user's own template may create more."""


def left_paragraphs(guide: Guide, left: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paragraphs that list leftovers, with the commands that end them.

    Args:
        guide: describes the job's resources.
        left: ids of resources, or a description if they are unknown.
    """
    named = guide.of(left)
    if not named:
        return (
            "The leftovers are unknown. They may be billed until somebody ends them.",
            _find(guide),
        )
    more = f"\n  and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    shown = named[:_MOST_NAMED]
    lines = (f"  {one.describe()}\n    {one.console_url}" for one in shown)
    commands = (f"  {one.removal_command}" for one in shown)
    return (
        "Leftovers, which are billed until somebody ends them:\n" + "\n".join(lines) + more,
        "To end them by hand (the data on their disks is lost):\n" + "\n".join(commands),
        _find(guide),
    )


def _find(guide: Guide) -> str:
    if not guide.find_commands:
        return ""
    return "\n".join(
        ("To list the resources of the job:", *(f"  {one}" for one in guide.find_commands))
    )
