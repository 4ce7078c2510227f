"""What is kept of a job: why, until when, at what cost, how to get at it and how to delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.retention.keep_until import expiry_text

if TYPE_CHECKING:
    from parris.resource import Guide
    from parris.retention.retained import Kept


def kept_paragraphs(
    kept: Kept, guide: Guide, usd_per_month: str | None, on_termination: str
) -> tuple[str, ...]:
    """Return the paragraphs on what is kept.

    Args:
        kept: what is kept.
        guide: what people need to know of the job's resources.
        usd_per_month: what it costs, None where its price is not known.
        on_termination: the job's, which may have asked for it.
    """
    why = (
        f'because its config says "on-termination": "{on_termination}"'
        if kept.is_requested
        else "because its results could not be verified, and may be nowhere else"
    )
    named = [f"  {one.describe()}\n    {one.console_url}" for one in guide.of(kept.ids)]
    return (
        f"This is kept, {why}:\n" + "\n".join(named or (f"  {one}" for one in kept.ids)),
        f"{_until(kept)} {_cost(usd_per_month)}",
        guide.access,
        _removal(kept, guide),
    )


def _until(kept: Kept) -> str:
    expiry = None if kept.is_requested else expiry_text(kept.until)
    if expiry is None:
        return "It is kept until you delete it."
    return f"It is kept until {expiry}, and deleted then: save what you need before."


def _cost(usd_per_month: str | None) -> str:
    if usd_per_month is None:
        return "It is billed meanwhile; its price is not known."
    return f"It costs {usd_per_month} USD per month meanwhile."


def _removal(kept: Kept, guide: Guide) -> str:
    """Return how to delete it: by removing what takes it along, where there is such a thing."""
    roots = tuple(dict.fromkeys(one.removed_with or one.resource_id for one in guide.of(kept.ids)))
    commands = [f"  {one.removal_command}" for one in guide.of(roots)]
    return "\n".join(("To delete it for good:", *commands)) if commands else ""
