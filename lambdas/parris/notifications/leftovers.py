"""What could not be ended, and how a person ends it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.resource import Guide

_MOST_NAMED = 40
"""A job has a few resources; a template of one's own may make more."""


def left_paragraphs(guide: Guide, left: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paragraphs that name what is left, with the commands that end it.

    Args:
        guide: what people need to know of the job's resources.
        left: ids of resources, or words where nothing could be seen.
    """
    named = guide.of(left)
    if not named:
        return (
            "What is left could not be seen. It may be billed until somebody ends it.",
            _find(guide),
        )
    more = f"\n  and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    shown = named[:_MOST_NAMED]
    lines = (f"  {one.describe()}\n    {one.console_url}" for one in shown)
    commands = (f"  {one.removal_command}" for one in shown)
    return (
        "Left, and billed until somebody ends it:\n" + "\n".join(lines) + more,
        "To end it by hand (what is on its disks is lost then):\n" + "\n".join(commands),
        _find(guide),
    )


def _find(guide: Guide) -> str:
    if not guide.find_commands:
        return ""
    return "\n".join(
        ("To see what there is of the job:", *(f"  {one}" for one in guide.find_commands))
    )
