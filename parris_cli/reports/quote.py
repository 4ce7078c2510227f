"""Formats a job's quote for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import int_in, maybe_text_in, part_of, parts_in, text_in, texts_in
from parris_cli import formatting

if TYPE_CHECKING:
    from parris.payloads import Payload


def format_quote(quote: Payload) -> list[str]:
    """Return the quote that ValidateConfig returns, as lines."""
    lines = [f"quote: {text_in(quote, 'words')}"]
    for machine in parts_in(quote, "machines"):
        lines += _machine_lines(machine)
    kept = maybe_text_in(quote, "kept_usd_per_month")
    if kept is not None:
        lines.append(f"  kept afterwards: the volume, at {kept} USD per month until you delete it")
    lines += [f"  note: {warning}" for warning in texts_in(quote, "warnings")]
    not_counted = ", ".join(texts_in(quote, "not_counted"))
    lines.append(f"  an estimate from list prices, no guarantee; not counted: {not_counted}")
    return lines


def _machine_lines(machine: Payload) -> list[str]:
    rate = part_of(machine, "rate")
    parts = ", ".join(
        f"{text_in(one, 'part')} {formatting.money(text_in(one, 'usd_per_hour'))}"
        for one in parts_in(rate, "components")
    )
    price = (
        f"{formatting.money(text_in(rate, 'usd_per_hour'))} USD per hour"
        if rate
        else "price unknown"
    )
    as_of = f", prices of {text_in(rate, 'as_of')[:10]}" if rate.get("as_of") else ""
    lines = [
        f"  {text_in(machine, 'instance_type')}: {price}" + (f" ({parts}{as_of})" if rate else "")
    ]
    for limit in parts_in(machine, "limits"):
        gone_by = formatting.duration(int_in(limit, "gone_by_seconds"))
        usd = maybe_text_in(limit, "usd")
        at_most = "" if usd is None else f", at most {usd} USD"
        lines.append(f"    {text_in(limit, 'limit')}: gone by {gone_by} after its launch{at_most}")
    ends_at = formatting.duration(int_in(machine, "ends_at_seconds"))
    lines.append(
        f"    saves after {ends_at} at the latest ({text_in(machine, 'ends_by')});"
        " sooner if the script ends"
    )
    return lines
