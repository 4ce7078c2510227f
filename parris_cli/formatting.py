"""Formats times, limits and prices for people."""

from datetime import datetime
from decimal import ROUND_UP, Decimal

from parris.costs.rate import Rate
from parris.durations import duration as duration
from parris.job import Job
from parris.timestamps import parse_timestamp
from parris.wording import counted as counted

_BYTES_PER_KB = 1000
_PRICE_DIGITS = 4
_METHOD_WORDS = {
    "on-complete": "when the script ends",
    "at-fixed-time": "after {time}",
    "at-clock-time": "by {clock}",
    "around-cost-threshold": "at {usd} USD",
    "on-metric": "by its metric {metric}",
    "no-progress": "when the script hangs",
}


def plan(job: Job) -> str:
    """Return a job's instance, its price and what ends it."""
    limits = job.limits
    shown = {
        "time": duration(limits.time_limit_seconds or 0),
        "clock": full_time(parse_timestamp(limits.clock_time)) if limits.clock_time else "?",
        "usd": limits.cost_limit_usd or "?",
        "metric": job.metric_goal.get("metric"),
    }
    # In every method the job also ends when the script does.
    methods = dict.fromkeys(("on-complete", *job.methods))
    ends = " or ".join(_METHOD_WORDS.get(method, method).format(**shown) for method in methods)
    several = ", whichever is first" if len(methods) > 1 else ""
    return f"{job.title} at {price(job.rate)}; ends {ends}{several}"


def price(rate: Rate | None) -> str:
    """Return an hourly price."""
    return "an unknown price" if rate is None else usd_per_hour(str(rate.usd_per_hour))


def usd_per_hour(amount: str) -> str:
    """Return an hourly price with the digits that mean something to a person: four, or the cents.

    What is computed with has them all, and so has `--json`.
    """
    usd = Decimal(amount)
    places = max(2, _PRICE_DIGITS - 1 - usd.adjusted()) if usd else 0
    return f"{money(str(round(usd, places)))} USD per hour"


def usd(amount: Decimal) -> str:
    """Return an amount rounded up to cents, and below a dollar to hundredths of cents."""
    return str(amount.quantize(Decimal("0.01" if amount >= 1 else "0.0001"), ROUND_UP))


def clock_time(timestamp: datetime, now: datetime) -> str:
    """Return a time of day where the person is, with the date where that is not today's."""
    there = timestamp.astimezone()
    is_today = there.date() == now.astimezone().date()
    return f"{there:%H:%M %Z}" if is_today else f"{there:%Y-%m-%d %H:%M %Z}"


def age(timestamp: datetime, now: datetime) -> str:
    """Return how long ago a time was, in its largest unit: `3 h ago`."""
    words = duration(max(0, int((now - timestamp).total_seconds()))).split(" ")
    return f"{words[0]} {words[1]} ago"


def full_time(timestamp: datetime) -> str:
    """Return a time where the person is: `2031-05-01 08:00 CEST`."""
    return f"{timestamp.astimezone():%Y-%m-%d %H:%M %Z}"


def money(amount: str) -> str:
    """Return a decimal amount without trailing zeros."""
    return f"{Decimal(amount).normalize():f}"


def against_limit(value: str, limit: str | None, unit: str = "") -> str:
    """Return `3 of 10 USD`, or `3 USD` if there is no limit."""
    text = value if limit is None else f"{value} of {limit}"
    return f"{text} {unit}".rstrip()


def data_size(count: int) -> str:
    """Return a number of bytes in a suitable unit; each unit is 1,000 of the one below."""
    size, units = Decimal(count), ("kB", "MB", "GB", "TB")
    if count < _BYTES_PER_KB:
        return f"{count} B"
    for unit in units:
        size /= _BYTES_PER_KB
        if size < _BYTES_PER_KB or unit == units[-1]:
            break
    return f"{size:.1f} {unit}"


def shortened(text: str, most: int = 60) -> str:
    """Return a text with its middle cut out if it is longer than `most` characters."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 3]}...{text[-tail:]}"
