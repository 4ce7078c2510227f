"""Formats a job's quote for people: two lines before a job starts, all of it for an estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import int_in, maybe_text_in, part_of, parts_in, text_in, texts_in
from parris.timestamps import parse_timestamp
from parris_cli import formatting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload


def summarize_quote(quote: Payload) -> list[str]:
    """Return what a job costs at most and when it ends at the latest: a line for each."""
    machines = parts_in(quote, "machines")
    return [_cost_line(quote, machines), _end_line(quote, machines)]


def quote_notes(quote: Payload) -> list[str]:
    """Return what else a person should know before it starts: what is kept, and the warnings."""
    kept = maybe_text_in(quote, "kept_usd_per_month")
    notes = list(texts_in(quote, "warnings"))
    if kept is not None:
        notes.append(f"kept afterwards: the volume, at {kept} USD per month until you delete it")
    return notes


def format_quote(quote: Payload) -> list[str]:
    """Return the whole quote that ValidateConfig returns, as lines."""
    cost, end = summarize_quote(quote)
    lines = [f"quote    {cost}", f"         {end}"]
    for machine in parts_in(quote, "machines"):
        lines += _machine_lines(machine)
    lines += [f"  note     {note}" for note in quote_notes(quote)]
    not_counted = ", ".join(texts_in(quote, "not_counted"))
    lines.append(f"  basis    list prices, no guarantee; not counted: {not_counted}")
    return lines


def _cost_line(quote: Payload, machines: Sequence[Payload]) -> str:
    most_usd = maybe_text_in(quote, "most_usd")
    titles = [text_in(one, "title") for one in machines]
    if most_usd is None:
        unknown = [text_in(one, "title") for one in machines if one.get("most_usd") is None]
        return f"unknown: there is no price for {' or '.join(unknown) or 'its machine'}"
    dearest = next((one for one in machines if one.get("most_usd") == most_usd), machines[0])
    rate = formatting.usd_per_hour(text_in(part_of(dearest, "rate"), "usd_per_hour"))
    on = text_in(dearest, "title")
    if len(titles) > 1:
        on = f"{on}, the dearest of {formatting.counted(len(titles), 'machine')},"
    words = text_in(quote, "words")
    note = f" ({words.rpartition(' (')[2]}" if words.endswith(")") else ""
    return f"at most {most_usd} USD: {on} at {rate}{note}"


def _end_line(quote: Payload, machines: Sequence[Payload]) -> str:
    latest = max(
        (
            min(parts_in(machine, "limits"), key=lambda one: int_in(one, "gone_by_seconds"))
            for machine in machines
        ),
        key=lambda one: int_in(one, "gone_by_seconds"),
    )
    latest_seconds, limit = int_in(latest, "gone_by_seconds"), text_in(latest, "limit")
    if "gone_by" in latest:
        return f"ends {_gone_by(latest)} at the latest ({limit.replace('-', ' ')})"
    after = f"{formatting.duration(latest_seconds)} after its launch"
    attempts = quote.get("max_attempts", 1)
    if quote.get("is_bounded") and attempts != 1:
        ran = f"after {formatting.duration(latest_seconds)} of running in up to {attempts} attempts"
        return f"ends {ran} at the latest ({limit.replace('-', ' ')})"
    if quote.get("is_bounded"):
        return f"ends {after} at the latest ({limit.replace('-', ' ')})"
    return f"ends when the script does: no limit is set but that of every job, {after}"


def _machine_lines(machine: Payload) -> list[str]:
    rate = part_of(machine, "rate")
    parts = ", ".join(
        f"{text_in(one, 'part')} {formatting.money(text_in(one, 'usd_per_hour'))}"
        for one in parts_in(rate, "components")
    )
    price = f"{formatting.money(text_in(rate, 'usd_per_hour'))} USD per hour" if rate else "unknown"
    as_of = f", prices of {text_in(rate, 'as_of')[:10]}" if rate.get("as_of") else ""
    lines = [
        f"  {text_in(machine, 'title')}",
        f"    price        {price}" + (f" ({parts}{as_of})" if rate else ""),
    ]
    for limit in parts_in(machine, "limits"):
        usd = maybe_text_in(limit, "usd")
        at_most = "" if usd is None else f", at most {usd} USD"
        name = text_in(limit, "limit")
        lines.append(f"    {name:<13}gone {_gone_by(limit)}{at_most}")
    ends_at = formatting.duration(int_in(machine, "ends_at_seconds"))
    lines.append(
        f"    saves        after {ends_at} at the latest ({text_in(machine, 'ends_by')});"
        " sooner if the script ends"
    )
    return lines


def _gone_by(limit: Payload) -> str:
    clock_time = maybe_text_in(limit, "gone_by")
    if clock_time is not None:
        return f"by {formatting.full_time(parse_timestamp(clock_time))}"
    return f"by {formatting.duration(int_in(limit, 'gone_by_seconds'))} after its launch"
