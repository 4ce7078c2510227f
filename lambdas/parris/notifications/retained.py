"""The part of a notification on kept resources: why, until when, cost, access and deletion."""

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
        guide: describes the job's resources.
        usd_per_month: the monthly cost, or None if it is unknown.
        on_termination: the job's, which may have asked for it.
    """
    why = (
        f'because its config says "on-termination": "{on_termination}"'
        if kept.is_requested
        else f"because {kept.results} could not be verified, and this may be their only copy"
    )
    named = [f"  {one.describe()}\n    {one.console_url}" for one in guide.of(kept.ids)]
    return (
        f"These resources are kept, {why}:\n"
        + "\n".join(named or (f"  {one}" for one in kept.ids)),
        f"{_until(kept)} {_cost(usd_per_month)}",
        guide.access,
        _removal(kept, guide),
    )


def _until(kept: Kept) -> str:
    expiry = None if kept.is_requested else expiry_text(kept.until)
    if expiry is None:
        return "They are kept until you delete them."
    return f"They are kept until {expiry} and then deleted: save what you need before."


def _cost(usd_per_month: str | None) -> str:
    if usd_per_month is None:
        return "They are billed meanwhile; their price is unknown."
    return f"They cost {usd_per_month} USD per month meanwhile."


def _removal(kept: Kept, guide: Guide) -> str:
    """Return the commands that delete the kept resources, or their owners if they have any."""
    roots = tuple(dict.fromkeys(one.removed_with or one.resource_id for one in guide.of(kept.ids)))
    commands = [f"  {one.removal_command}" for one in guide.of(roots)]
    return "\n".join(("To delete them permanently:", *commands)) if commands else ""
